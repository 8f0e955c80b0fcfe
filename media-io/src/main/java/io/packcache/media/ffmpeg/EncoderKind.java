package io.packcache.media.ffmpeg;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The encoders known here, of each codec the best first, and what each is told so that quality, key pictures and prompt
 * mean the same with all of them.
 */
enum EncoderKind {
    X264("libx264", VideoCodec.H264, "the best there is") {
        @Override
        void tell(Encoding encoding, Map<String, String> options) {
            options.put("preset", "veryfast");
            likeX264(encoding, options);
        }
    },
    OPENH264(
            "libopenh264",
            VideoCodec.H264,
            "because the FFmpeg natives on the class path have no libx264"
                    + " (their GPL build has: classifier linux-x86_64-gpl)") {
        @Override
        void tell(Encoding encoding, Map<String, String> options) {
            options.put("profile", "main");
            options.put("coder", "cabac");
            options.put("allow_skip_frames", "0");
            options.put("rc_mode", encoding.bitrate() > 0 ? "bitrate" : "quality");
            if (encoding.bitrate() == 0) {
                // openh264 has no constant quality; holding its quantiser between equal bounds is one.
                String quantiser = Integer.toString(Math.max(OPENH264_BEST, encoding.quality()));
                options.put("qmin", quantiser);
                options.put("qmax", quantiser);
            }
        }
    },
    X265("libx265", VideoCodec.HEVC, "the only one that needs no special hardware") {
        @Override
        void tell(Encoding encoding, Map<String, String> options) {
            options.put("preset", "veryfast");
            // Left to itself it prints to the terminal, and puts key pictures where it likes.
            options.put("x265-params", "log-level=none:scenecut=0");
            likeX264(encoding, options);
        }
    },
    // libsvtav1 is faster, but prints to the terminal by itself, and nothing that a JVM can set stops it.
    AOM_AV1("libaom-av1", VideoCodec.AV1, "the one that leaves the terminal alone") {
        @Override
        void tell(Encoding encoding, Map<String, String> options) {
            // Its other usage answers the wish for one key picture with two.
            options.put("usage", "realtime");
            options.put("cpu-used", encoding.prompt() ? "8" : "6");
            likeVpx(encoding, options);
        }
    },
    VPX_VP9("libvpx-vp9", VideoCodec.VP9, "the only one that needs no special hardware") {
        @Override
        void tell(Encoding encoding, Map<String, String> options) {
            options.put("deadline", encoding.prompt() ? "realtime" : "good");
            options.put("cpu-used", encoding.prompt() ? "7" : "4");
            likeVpx(encoding, options);
        }
    };

    /** Finer than this, pure noise makes openh264 write past the end of a buffer and takes the process down. */
    private static final int OPENH264_BEST = 18;

    /** Coarsest quantiser of H.264 and HEVC, on whose scale quality is told; and that of AV1 and VP9. */
    private static final int COARSEST = 51;

    private static final int COARSEST_OF_VPX = 63;

    private final String title;
    private final VideoCodec codec;
    private final String reason;

    EncoderKind(String title, VideoCodec codec, String reason) {
        this.title = title;
        this.codec = codec;
        this.reason = reason;
    }

    /** FFmpeg's name of the encoder. */
    String title() {
        return title;
    }

    VideoCodec codec() {
        return codec;
    }

    /** Why this one, in one sentence for people. */
    String reason() {
        return codec.title() + " by " + title + ", " + reason;
    }

    /** What FFmpeg is told when it opens the encoder. */
    Map<String, String> options(Encoding encoding) {
        Map<String, String> options = new LinkedHashMap<>();
        tell(encoding, options);
        if (encoding.bitrate() > 0) {
            options.put("b", Long.toString(encoding.bitrate()));
            options.put("maxrate", Long.toString(encoding.bitrate()));
            // Two seconds of it may come at once, as most receivers allow.
            options.put("bufsize", Long.toString(2 * encoding.bitrate()));
        }
        return options;
    }

    abstract void tell(Encoding encoding, Map<String, String> options);

    private static void likeX264(Encoding encoding, Map<String, String> options) {
        options.put("forced-idr", "1");
        if (encoding.bitrate() == 0) {
            options.put("crf", Integer.toString(encoding.quality()));
        }
        if (encoding.prompt()) {
            options.put("tune", "zerolatency");
        }
    }

    private static void likeVpx(Encoding encoding, Map<String, String> options) {
        options.put("row-mt", "1");
        if (encoding.bitrate() == 0) {
            options.put("crf", Integer.toString(Math.round((float) encoding.quality() * COARSEST_OF_VPX / COARSEST)));
            options.put("b", "0");
        }
        if (encoding.prompt()) {
            options.put("lag-in-frames", "0");
        }
    }
}
