package io.packcache.stream.sink;

import java.io.IOException;

/** A sink failed; the message says which one, at which picture, and why. */
public final class SinkException extends IOException {

    private static final long serialVersionUID = 1L;

    public SinkException(String message) {
        super(message);
    }

    public SinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
