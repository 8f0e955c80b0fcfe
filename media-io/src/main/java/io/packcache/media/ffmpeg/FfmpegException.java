package io.packcache.media.ffmpeg;

import java.io.IOException;

/** An FFmpeg call failed; the message says what was attempted and what FFmpeg answered. */
public final class FfmpegException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int code;

    FfmpegException(String attempt, int code, String answer) {
        super(attempt + ": " + answer);
        this.code = code;
    }

    /** FFmpeg's negative error number. */
    public int code() {
        return code;
    }
}
