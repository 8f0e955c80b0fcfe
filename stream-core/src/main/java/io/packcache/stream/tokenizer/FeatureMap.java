package io.packcache.stream.tokenizer;

/** One frame of activations: {@code channels} values at each position, positions row-major. Memory of a {@link ClipMemory}. */
final class FeatureMap {

    final int rows;
    final int columns;
    final int channels;

    /** Shape (rows, columns, channels). */
    final float[] values;

    FeatureMap(int rows, int columns, int channels) {
        this.rows = rows;
        this.columns = columns;
        this.channels = channels;
        this.values = new float[Math.multiplyExact(Math.multiplyExact(rows, columns), channels)];
    }

    int positions() {
        return rows * columns;
    }

    boolean hasShape(int wantedRows, int wantedColumns, int wantedChannels) {
        return rows == wantedRows && columns == wantedColumns && channels == wantedChannels;
    }

    /** Adds another map of this shape. */
    void add(FeatureMap other) {
        for (int i = 0; i < values.length; i++) {
            values[i] += other.values[i];
        }
    }
}
