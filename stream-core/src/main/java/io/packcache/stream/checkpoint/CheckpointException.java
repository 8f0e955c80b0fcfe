package io.packcache.stream.checkpoint;

import java.io.IOException;

/** A model folder cannot be used; the message names the file, the place in it, what was found and what would be right. */
public final class CheckpointException extends IOException {

    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
