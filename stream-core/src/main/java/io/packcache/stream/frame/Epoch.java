package io.packcache.stream.frame;

/**
 * A stretch of one stream made under one prompt and never taken back. Every picture carries the epoch it was made in, so
 * that whoever queues it sees at once when nobody wants it any more, wherever in the stream it lies.
 *
 * <p>An epoch is {@linkplain #isOver() over} as soon as a newer prompt, or a roll back, was asked for; pictures of the
 * one that follows it come later. Thread-safe.
 */
public final class Epoch {

    /** Of pictures that no session made: number 0, never over, nothing to steer. */
    public static final Epoch NONE = new Epoch(0, Steering.NONE);

    private final long number;
    private final Steering steering;
    private volatile boolean over;

    /** An epoch of pictures made by hand. */
    public Epoch(long number) {
        this(number, Steering.NONE);
    }

    /**
     * @param number from 0, one more for each epoch of a stream
     * @param steering of the session whose pictures these are
     */
    public Epoch(long number, Steering steering) {
        this.number = number;
        this.steering = steering;
    }

    /** From 0, one more for each epoch of a stream. */
    public long number() {
        return number;
    }

    /** The way back to the session that made the pictures. */
    public Steering steering() {
        return steering;
    }

    /** Whether its pictures are out of date: a queue drops them, even if nothing newer has come yet. */
    public boolean isOver() {
        return over;
    }

    /** To be called by the session alone. */
    public void end() {
        if (this == NONE) {
            throw new IllegalStateException("pictures of no session are never out of date");
        }
        over = true;
    }

    @Override
    public String toString() {
        return "epoch " + number;
    }
}
