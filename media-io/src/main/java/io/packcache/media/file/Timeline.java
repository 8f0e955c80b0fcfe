package io.packcache.media.file;

import io.packcache.stream.frame.TimeBase;

/**
 * Where each picture stands in a file or broadcast: ticks from zero that rise strictly, whatever the pictures' own times do.
 *
 * <p>The first picture is at zero. A later one keeps its distance from the first; one that is not later than the picture
 * before it is put one tick after that picture, and counted. One thread at a time.
 */
public final class Timeline {

    private static final long MOST_SECONDS_BETWEEN = 3600;

    private final TimeBase timeBase;
    private final long first;
    private long last = -1;
    private long gap = 1;
    private long shifted;

    /** A timeline whose tick 0 is at {@code first}, in ticks of {@code timeBase}. */
    public Timeline(TimeBase timeBase, long first) {
        this.timeBase = timeBase;
        this.first = first;
    }

    /**
     * Places a picture.
     *
     * @return its tick in the file
     * @throws IllegalArgumentException if it stands more than an hour after the picture before it
     */
    public long place(long pts) {
        long tick;
        try {
            tick = Math.subtractExact(pts, first);
        } catch (ArithmeticException e) {
            tick = pts < first ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        if (last >= 0 && tick > last && timeBase.seconds(tick - last) > MOST_SECONDS_BETWEEN) {
            throw new IllegalArgumentException("its time " + pts + " is more than an hour after the picture before it ("
                    + "tick " + last + " of " + timeBase.numerator() + "/" + timeBase.denominator() + " s)");
        }
        if (tick <= last) {
            tick = last + 1;
            shifted++;
        }
        gap = last < 0 ? 1 : tick - last;
        last = tick;
        return tick;
    }

    /** Ticks that the picture placed last is taken to last: as long as the one before it. */
    public long duration() {
        return gap;
    }

    /** Pictures that were not later than the one before. */
    public long shifted() {
        return shifted;
    }
}
