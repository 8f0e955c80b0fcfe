package io.packcache.media.file;

import io.packcache.stream.frame.TimeBase;

/**
 * Where each picture stands in a file or broadcast: ticks from zero that rise strictly, whatever the pictures' own times do.
 *
 * <p>The first picture is at zero. A later one keeps its distance from the first, rounded to the nearest tick; one that
 * would come too close to the picture before it, or before that, is put the shortest distance after it, and counted. One
 * thread at a time.
 */
public final class Timeline {

    private static final long MOST_SECONDS_BETWEEN = 3600;

    private final TimeBase source;
    private final TimeBase ticks;
    private final long first;
    private final int shortest;
    private long last = -1;
    private long gap;
    private long shifted;

    /** A timeline in ticks of the pictures' own {@code timeBase}, whose tick 0 is at {@code first}. */
    public Timeline(TimeBase timeBase, long first) {
        this(timeBase, first, timeBase, 1);
    }

    /**
     * A timeline that counts in other ticks than the pictures.
     *
     * @param source time base of the pictures
     * @param first time of the first picture
     * @param ticks what the timeline counts in
     * @param shortest fewest ticks from one picture to the next, at least 1
     */
    Timeline(TimeBase source, long first, TimeBase ticks, int shortest) {
        this.source = source;
        this.first = first;
        this.ticks = ticks;
        this.shortest = shortest;
        gap = shortest;
    }

    /** The time base to count in where a container counts no finer than {@code finest}. */
    static TimeBase noFinerThan(TimeBase finest, TimeBase source) {
        boolean finer =
                (long) source.numerator() * finest.denominator() < (long) finest.numerator() * source.denominator();
        return finer ? finest : source;
    }

    /**
     * Places a picture.
     *
     * @return its tick in the file
     * @throws IllegalArgumentException if it stands more than an hour after the picture before it
     */
    public long place(long pts) {
        long tick = ticksSinceFirst(pts);
        if (last >= 0 && tick > last && ticks.seconds(tick - last) > MOST_SECONDS_BETWEEN) {
            throw new IllegalArgumentException("its time " + pts + " is more than an hour after the picture before it ("
                    + "tick " + last + " of " + ticks.numerator() + "/" + ticks.denominator() + " s)");
        }
        if (last < 0) {
            last = tick;
            return tick;
        }
        if (tick < last + shortest) {
            tick = last + shortest;
            shifted++;
        }
        gap = tick - last;
        last = tick;
        return tick;
    }

    private long ticksSinceFirst(long pts) {
        long since;
        try {
            since = Math.subtractExact(pts, first);
        } catch (ArithmeticException e) {
            since = pts < first ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
        return source.equals(ticks)
                ? since
                : Math.round(source.seconds(since) * ticks.denominator() / ticks.numerator());
    }

    /** Ticks that the picture placed last is taken to last: as long as the one before it. */
    public long duration() {
        return gap;
    }

    /** What it counts in. */
    TimeBase ticks() {
        return ticks;
    }

    /** Pictures that were not late enough after the one before. */
    public long shifted() {
        return shifted;
    }
}
