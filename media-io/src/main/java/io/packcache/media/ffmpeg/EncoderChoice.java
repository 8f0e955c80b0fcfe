package io.packcache.media.ffmpeg;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.global.avcodec;

/**
 * Which H.264 encoder these natives give us: libx264 where it is compiled in (the GPL build), else libopenh264.
 *
 * @param name FFmpeg's name of the encoder
 * @param reason the choice in one sentence, for people
 */
public record EncoderChoice(String name, String reason) {

    private static final String X264 = "libx264";
    private static final String OPENH264 = "libopenh264";

    /** Finer than this, pure noise makes openh264 write past the end of a buffer and takes the process down. */
    private static final int OPENH264_BEST = 18;

    /**
     * Looks for the best H.264 encoder; loads the native libraries on the first call.
     *
     * @throws FfmpegException if there is none
     */
    public static EncoderChoice h264() throws FfmpegException {
        Ffmpeg.load();
        if (find(X264) != null) {
            return new EncoderChoice(X264, "H.264 by libx264, the best there is");
        }
        if (find(OPENH264) != null) {
            return new EncoderChoice(
                    OPENH264,
                    "H.264 by libopenh264, because the FFmpeg natives on the class path have no libx264"
                            + " (their GPL build has: classifier linux-x86_64-gpl)");
        }
        throw new FfmpegException(
                "look for an H.264 encoder",
                "the FFmpeg natives on the class path have neither libx264 nor libopenh264");
    }

    AVCodec codec() throws FfmpegException {
        return Ffmpeg.checkMemory(find(name), "find the encoder " + name);
    }

    /** The encoder's own options for constant quality and for no skipped picture. */
    Map<String, String> options(Encoding encoding) {
        Map<String, String> options = new LinkedHashMap<>();
        if (name.equals(X264)) {
            options.put("preset", "veryfast");
            options.put("crf", Integer.toString(encoding.quality()));
            options.put("forced-idr", "1");
            if (encoding.prompt()) {
                options.put("tune", "zerolatency");
            }
        } else {
            // openh264 has no constant quality; holding its quantiser between equal bounds is one.
            options.put("rc_mode", "quality");
            options.put("profile", "main");
            options.put("coder", "cabac");
            String quantiser = Integer.toString(Math.max(OPENH264_BEST, encoding.quality()));
            options.put("qmin", quantiser);
            options.put("qmax", quantiser);
            options.put("allow_skip_frames", "0");
        }
        return options;
    }

    /** Whether the encoder gives up on a picture whose code is too long, instead of coding it more coarsely. */
    boolean givesUpOnNoise() {
        return name.equals(OPENH264);
    }

    private static AVCodec find(String name) {
        return avcodec.avcodec_find_encoder_by_name(name);
    }
}
