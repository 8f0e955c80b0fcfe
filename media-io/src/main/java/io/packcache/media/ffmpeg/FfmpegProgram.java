package io.packcache.media.ffmpeg;

import java.nio.file.Path;
import org.bytedeco.ffmpeg.ffmpeg;
import org.bytedeco.javacpp.Loader;

/** The {@code ffmpeg} command that comes with the native libraries, built with them: the peer that sinks are measured against. */
public final class FfmpegProgram {

    private FfmpegProgram() {}

    /**
     * Where it is; unpacks it on the first call.
     *
     * @throws FfmpegException if the natives have none for this machine
     */
    public static Path path() throws FfmpegException {
        try {
            return Path.of(Loader.load(ffmpeg.class));
        } catch (LinkageError e) {
            throw new FfmpegException("find the ffmpeg command among the natives", e);
        }
    }
}
