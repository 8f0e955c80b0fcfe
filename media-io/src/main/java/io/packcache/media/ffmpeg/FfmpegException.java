package io.packcache.media.ffmpeg;

import java.io.IOException;

/** An FFmpeg call failed; the message says what was attempted and what FFmpeg answered. */
public final class FfmpegException extends IOException {

    private static final long serialVersionUID = 1L;

    FfmpegException(String attempt, String answer) {
        super("could not " + attempt + ": " + answer);
    }

    /** For libraries that cannot even be loaded. */
    FfmpegException(String attempt, LinkageError cause) {
        super(
                "could not " + attempt + ": they are not on the class path (artifact org.bytedeco:ffmpeg with the"
                        + " classifier of the machine) or do not fit it: " + cause.getMessage(),
                cause);
    }
}
