package io.packcache.kvcache.policy;

/** A policy's name or JSON cannot be accepted; the message names the place, the value and what is allowed. */
public final class PolicyFormatException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    PolicyFormatException(String message) {
        super(message);
    }

    PolicyFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
