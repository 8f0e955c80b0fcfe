package io.packcache.kvcache.tier;

/**
 * A tier cannot keep a frame or give it back: its file was altered or cannot be written or read. The message names frame and
 * file; the cache is unchanged.
 */
public class TierException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TierException(String message, Throwable cause) {
        super(message, cause);
    }
}
