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

    /** Six steps of the quantiser halve its precision. */
    static final int STEP = 6;

    /** By quality. */
    public Encoding(int width, int height, TimeBase timeBase, int quality, long keyTicks, boolean prompt) {
        this(width, height, timeBase, quality, 0, keyTicks, prompt);
    }

    /** The same, coarser by about half the bits; null where that would be past the coarsest there is. */
    Encoding coarser() {
        int coarser = quality + STEP;
        return coarser > COARSEST ? null : new Encoding(width, height, timeBase, coarser, bitrate, keyTicks, prompt);
    }
}
