package io.packcache.kvcache.codec;

import io.packcache.kvcache.compute.EncodedRows;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Rows to encode: of any shape, with what real keys and values have: outlier channels, outlier tokens, ties, zeros. */
record Matrix(int count, int columns, float[] values) {

    /** Shapes up to 150 x 80, most of them odd. */
    static Arbitrary<Matrix> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 150),
                        Arbitraries.integers().between(1, 80),
                        Arbitraries.longs())
                .as(Matrix::random);
    }

    static Matrix random(int count, int columns, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count * columns];
        double size = Math.pow(10, random.nextInt(9) - 4);
        double shift = random.nextBoolean() ? 0 : random.nextGaussian() * 3;
        double[] channel =
                random.doubles(columns).map(u -> u < 0.1 ? 20 : u < 0.2 ? 0 : 1).toArray();
        double[] token =
                random.doubles(count).map(u -> u < 0.05 ? 30 : u < 0.1 ? 0 : 1).toArray();
        for (int i = 0; i < values.length; i++) {
            double value = random.nextGaussian() + shift;
            values[i] = (float) (size * channel[i % columns] * token[i / columns] * value);
        }
        return new Matrix(count, columns, values);
    }

    float get(int row, int column) {
        return values[row * columns + column];
    }

    EncodedRows encode(Codec codec) {
        return codec.encode(values, count, columns);
    }

    /** What comes back from the codec. */
    Matrix through(Codec codec) {
        return decoded(encode(codec));
    }

    static Matrix decoded(EncodedRows rows) {
        float[] values = new float[rows.rows() * rows.columns()];
        rows.decode(0, rows.rows(), values, 0);
        return new Matrix(rows.rows(), rows.columns(), values);
    }

    /** Largest magnitude. */
    double largest() {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Half a step of integers between the ends of some rows of some columns, ends rounded outwards to bfloat16. */
    double halfStep(int firstRow, int lastRow, int firstColumn, int lastColumn, int levels) {
        double smallest = Double.POSITIVE_INFINITY;
        double largest = Double.NEGATIVE_INFINITY;
        for (int r = firstRow; r < lastRow; r++) {
            for (int c = firstColumn; c < lastColumn; c++) {
                smallest = Math.min(smallest, get(r, c));
                largest = Math.max(largest, get(r, c));
            }
        }
        double bfloat16 = Math.pow(2, -7);
        return (largest - smallest + Math.abs(smallest) * bfloat16) / (levels - 1) * (1 + bfloat16) / 2;
    }

    /** Mean magnitude of some rows of one column. */
    double mean(int firstRow, int lastRow, int column) {
        double sum = 0;
        for (int r = firstRow; r < lastRow; r++) {
            sum += Math.abs(get(r, column));
        }
        return sum / (lastRow - firstRow);
    }
}
