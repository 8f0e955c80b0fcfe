package io.packcache.stream.session;

/**
 * A frame could not be generated; its session may {@linkplain GenerationSession#recover() recover}. The caches hold no part
 * of a frame that failed before it was stored; a frame whose pictures could not be decoded has been stored whole.
 */
public final class GenerationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Step of a failure outside the refinement steps. */
    public static final int NO_STEP = -1;

    private final long frame;
    private final int step;

    GenerationException(long frame, int step, String during, Throwable cause) {
        super("latent frame " + frame + " failed during " + during + ": " + cause, cause);
        this.frame = frame;
        this.step = step;
    }

    /** Number of the latent frame in the clip. */
    public long frame() {
        return frame;
    }

    /** Refinement step from 0, or {@link #NO_STEP}. */
    public int step() {
        return step;
    }
}
