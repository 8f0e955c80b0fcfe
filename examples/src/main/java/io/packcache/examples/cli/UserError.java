package io.packcache.examples.cli;

/** The request cannot be met as it stands; the message is the one sentence the user reads. */
public final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UserError(String message) {
        super(message);
    }

    /** The same for a failure that is the user's to put right. */
    public UserError(String message, Throwable cause) {
        super(message, cause);
    }
}
