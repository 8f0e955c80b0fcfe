package io.packcache.media.ffmpeg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.global.avcodec;

/** Which encoder these natives give us for a codec: the best of those compiled in. */
public final class EncoderChoice {

    private final EncoderKind kind;

    private EncoderChoice(EncoderKind kind) {
        this.kind = kind;
    }

    /** Same as {@link #of} for {@link VideoCodec#H264}: libx264 where it is compiled in (the GPL build), else libopenh264. */
    public static EncoderChoice h264() throws FfmpegException {
        return of(VideoCodec.H264);
    }

    /**
     * Looks for the best encoder; loads the native libraries on the first call.
     *
     * @throws FfmpegException if there is none
     */
    public static EncoderChoice of(VideoCodec codec) throws FfmpegException {
        Ffmpeg.load();
        List<EncoderKind> known = Arrays.stream(EncoderKind.values())
                .filter(kind -> kind.codec() == codec)
                .toList();
        for (EncoderKind kind : known) {
            if (find(kind) != null) {
                return new EncoderChoice(kind);
            }
        }
        throw new FfmpegException(
                "look for an encoder of " + codec.title(),
                "the FFmpeg natives on the class path have no "
                        + known.stream().map(EncoderKind::title).collect(Collectors.joining(" and no "))
                        + (codec == VideoCodec.HEVC ? " (their GPL build has: classifier linux-x86_64-gpl)" : ""));
    }

    /** FFmpeg's name of the encoder. */
    public String name() {
        return kind.title();
    }

    /** The choice in one sentence, for people. */
    public String reason() {
        return kind.reason();
    }

    /** What the {@code ffmpeg} command is told to encode the same way: from the same planes comes the same code. */
    public List<String> arguments(Encoding encoding) {
        List<String> arguments = new ArrayList<>(List.of("-c:v", name()));
        options(encoding).forEach((option, value) -> arguments.addAll(List.of("-" + option, value)));
        arguments.addAll(List.of("-g", Integer.toString(Encoding.NO_OTHER_KEYS), "-bf", "0"));
        arguments.addAll(List.of("-threads", Integer.toString(encoding.threads())));
        double seconds = encoding.timeBase().seconds(encoding.keyTicks());
        arguments.addAll(List.of("-force_key_frames", "expr:gte(t,n_forced*" + seconds + ")"));
        return arguments;
    }

    AVCodec codec() throws FfmpegException {
        return Ffmpeg.checkMemory(find(kind), "find the encoder " + kind.title());
    }

    /** The encoder's own options for what is asked, and for no skipped picture. */
    Map<String, String> options(Encoding encoding) {
        return kind.options(encoding);
    }

    /** Whether the encoder gives up on a picture whose code is too long, instead of coding it more coarsely. */
    boolean givesUpOnNoise() {
        return kind == EncoderKind.OPENH264;
    }

    /** Whether players look for HEVC under the name that keeps its parameter sets in the header. */
    boolean namedHvc1() {
        return kind == EncoderKind.X265;
    }

    private static AVCodec find(EncoderKind kind) {
        return avcodec.avcodec_find_encoder_by_name(kind.title());
    }
}
