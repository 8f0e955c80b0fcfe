package io.packcache.media.ffmpeg;

import io.packcache.stream.frame.TimeBase;

/**
 * What a video encoder is asked for.
 *
 * @param width luma pixels in a row, even
 * @param height luma rows, even
 * @param timeBase the length of one tick
 * @param quality quantiser scale: 1 is best, 51 is worst
 * @param bitrate bits a second, held on average over two seconds; 0 to hold the quality instead
 * @param keyTicks at most this many ticks from one key picture to the next
 * @param prompt whether each picture leaves the encoder before the next one enters, at some cost in size
 */
public record Encoding(
        int width, int height, TimeBase timeBase, int quality, long bitrate, long keyTicks, boolean prompt) {

    private static final int COARSEST = 51;

    /** A distance of key pictures that is never reached, so that they come only where they are asked for. */
    static final int NO_OTHER_KEYS = 1 << 20;

    /** Six steps of the quantiser halve its precision. */
    static final int STEP = 6;

    /** Rows of a picture that are worth a thread, and the most threads. */
    private static final int ROWS_A_THREAD = 180;

    private static final int MOST_THREADS = 6;

    /** By quality. */
    public Encoding(int width, int height, TimeBase timeBase, int quality, long keyTicks, boolean prompt) {
        this(width, height, timeBase, quality, 0, keyTicks, prompt);
    }

    /**
     * Threads that encode; by the size alone, so that the same pictures give the same file on every machine. One where each
     * picture is to leave at once: others would cut it into slices that cost size.
     */
    int threads() {
        return prompt ? 1 : Math.max(1, Math.min(MOST_THREADS, height / ROWS_A_THREAD));
    }

    /** The same, coarser by about half the bits; null where that would be past the coarsest there is. */
    Encoding coarser() {
        int coarser = quality + STEP;
        return coarser > COARSEST ? null : new Encoding(width, height, timeBase, coarser, bitrate, keyTicks, prompt);
    }
}
