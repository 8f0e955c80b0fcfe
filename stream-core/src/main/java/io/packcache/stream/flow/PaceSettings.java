package io.packcache.stream.flow;

import io.packcache.stream.frame.TimeBase;
import java.time.Duration;
import java.util.Objects;

/**
 * How pictures are spread over time.
 *
 * @param slot the time from one picture to the next; no default
 * @param late what becomes of pictures that miss their slot; default {@link Late#SKIP}
 * @param catchUp slots that the schedule may be behind and still be made up; further behind, it moves. Default 6, at least 0
 */
public record PaceSettings(TimeBase slot, Late late, int catchUp) {

    /** What becomes of pictures that miss their slot. */
    public enum Late {
        /**
         * A picture that is late by a slot or more is skipped if a newer one has come; alone, it goes out at once. Times
         * stay as they are: a skipped picture leaves a gap.
         */
        SKIP,
        /**
         * Every slot gets exactly one picture: the next, or the last one once more. Times are counted anew in slots, so
         * that they stay even. Slots for which there was no demand stay empty.
         */
        HOLD
    }

    private static final int CATCH_UP = 6;

    public PaceSettings {
        Objects.requireNonNull(slot, "slot");
        Objects.requireNonNull(late, "late");
        if (catchUp < 0) {
            throw new IllegalArgumentException("catchUp is a number of slots, at least 0, got " + catchUp);
        }
    }

    /** {@code fps} pictures a second, everything else by default. */
    public static PaceSettings ofFramesPerSecond(int fps) {
        return new PaceSettings(TimeBase.ofFramesPerSecond(fps), Late.SKIP, CATCH_UP);
    }

    public PaceSettings withLate(Late other) {
        return new PaceSettings(slot, other, catchUp);
    }

    public PaceSettings withCatchUp(int slots) {
        return new PaceSettings(slot, late, slots);
    }

    /** From the first slot to slot {@code number}, in nanoseconds, rounded down once. */
    long nanos(long number) {
        long ticks = number * slot.numerator();
        long second = Duration.ofSeconds(1).toNanos();
        return ticks / slot.denominator() * second + ticks % slot.denominator() * second / slot.denominator();
    }
}
