package io.packcache.kvcache.snapshot;

/** A snapshot file cannot be written, or is not accepted; the message names the file, and where in it. */
public final class SnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SnapshotException(String message, Throwable cause) {
        super(message, cause);
    }
}
