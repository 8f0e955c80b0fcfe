package io.packcache.stream.tokenizer;

/**
 * The three-dimensional Haar transform, twice: a block of 4 x 4 x 4 values (time, row, column) becomes 64 coefficients,
 * by sums and differences only.
 *
 * <p>Coefficient {@code 8 * coarse + fine} has the frequencies of two steps, three bits each in the order time, row,
 * column; a set bit is a difference. The inverse is the same sum without the factor 1/64.
 */
final class HaarWavelet {

    /** Side of a block. */
    static final int SIDE = 4;

    /** Values in a block. */
    static final int VALUES = SIDE * SIDE * SIDE;

    private HaarWavelet() {}

    /**
     * Place of a value among the 64 before the transform: the upper bits of its coordinates, then the lower ones.
     *
     * @param time 0 to 3, as are row and column
     */
    static int place(int time, int row, int column) {
        int coarse = 4 * (time / 2) + 2 * (row / 2) + column / 2;
        int fine = 4 * (time % 2) + 2 * (row % 2) + column % 2;
        return 8 * coarse + fine;
    }

    /**
     * Transforms {@code channels} interleaved blocks in place: value {@code i} of channel c is at
     * {@code offset + i * channels + c}.
     */
    static void forward(float[] blocks, int offset, int channels) {
        inverse(blocks, offset, channels);
        for (int i = offset; i < offset + VALUES * channels; i++) {
            blocks[i] /= VALUES;
        }
    }

    /** Undoes {@link #forward}. */
    static void inverse(float[] blocks, int offset, int channels) {
        int end = offset + VALUES * channels;
        for (int step = channels; step < VALUES * channels; step *= 2) {
            for (int pair = offset; pair < end; pair += 2 * step) {
                for (int i = pair; i < pair + step; i++) {
                    float sum = blocks[i] + blocks[i + step];
                    blocks[i + step] = blocks[i] - blocks[i + step];
                    blocks[i] = sum;
                }
            }
        }
    }
}
