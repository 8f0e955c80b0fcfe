package io.packcache.stream.frame;

/** Where a picture was taken, and later where it was released. Does not know the picture, which would never be lost then. */
final class PictureTrace extends Exception {

    private static final long serialVersionUID = 1L;

    private final long number;
    private volatile Throwable released;

    PictureTrace(long pts, long number) {
        super("picture " + pts + " was taken here");
        this.number = number;
    }

    long number() {
        return number;
    }

    void release() {
        released = new Exception("and released here");
        PictureTracking.end(this);
    }

    /** What to throw when the picture is used against the rules. */
    IllegalStateException fault(String message) {
        IllegalStateException fault = new IllegalStateException(message, this);
        if (released != null) {
            fault.addSuppressed(released);
        }
        PictureTracking.fault(fault);
        return fault;
    }
}
