package io.packcache.stream.tokenizer;

/** Four RGB pictures as one map of Haar coefficients: a position for each 4 x 4 cell, 64 x 3 channels. */
final class HaarPictures {

    static final int CHANNELS = 3 * HaarWavelet.VALUES;

    private HaarPictures() {}

    /** Transforms four pictures of RGB values; the caller owns the map. */
    static FeatureMap forward(float[][] pictures, int rows, int columns, ClipMemory memory) {
        FeatureMap map = memory.take(rows, columns, CHANNELS);
        for (int time = 0; time < HaarWavelet.SIDE; time++) {
            for (int pixel = 0; pixel < pictures[time].length / 3; pixel++) {
                System.arraycopy(pictures[time], 3 * pixel, map.values, at(map, time, pixel), 3);
            }
        }
        for (int p = 0; p < map.positions(); p++) {
            HaarWavelet.forward(map.values, p * CHANNELS, 3);
        }
        return map;
    }

    /** Turns coefficients in place into pixel values, to be found with {@link #at}. */
    static void inverse(FeatureMap map) {
        for (int p = 0; p < map.positions(); p++) {
            HaarWavelet.inverse(map.values, p * CHANNELS, 3);
        }
    }

    /** Where the red value of a pixel is; {@code pixel} counts row-major. */
    static int at(FeatureMap map, int time, int pixel) {
        int width = map.columns * HaarWavelet.SIDE;
        int row = pixel / width;
        int column = pixel % width;
        int cell = row / HaarWavelet.SIDE * map.columns + column / HaarWavelet.SIDE;
        return cell * CHANNELS + 3 * HaarWavelet.place(time, row % HaarWavelet.SIDE, column % HaarWavelet.SIDE);
    }
}
