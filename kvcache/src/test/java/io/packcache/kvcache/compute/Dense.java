package io.packcache.kvcache.compute;

import java.util.ArrayList;
import java.util.List;

/** One KV head written out in double: pages decoded and turned, then the raw rows, each with its bias. */
record Dense(List<double[]> keys, List<double[]> values, List<Double> bias) {

    static Dense of(CellRows cell) {
        Dense dense = new Dense(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int size = cell.keys().columns();
        float[] key = new float[size];
        float[] value = new float[size];
        for (Page page : cell.pages()) {
            for (int r = 0; r < page.rows(); r++) {
                page.keys().decode(r, 1, key, 0);
                page.values().decode(r, 1, value, 0);
                dense.add(turned(key, page), value, page.bias() == null ? 0 : page.bias()[r]);
            }
        }
        for (int r = 0; r < cell.count(); r++) {
            cell.keys().read(r, key, 0, 1);
            cell.values().read(r, value, 0, 1);
            dense.add(doubles(key), value, cell.bias() == null ? 0 : cell.bias()[r]);
        }
        return dense;
    }

    private void add(double[] key, float[] value, double logit) {
        keys.add(key);
        values.add(doubles(value));
        bias.add(logit);
    }

    private static double[] turned(float[] key, Page page) {
        double[] turned = doubles(key);
        for (int j = 0; page.cos() != null && j < key.length / 2; j++) {
            double a = key[j];
            double b = key[j + key.length / 2];
            turned[j] = a * page.cos()[j] - b * page.sin()[j];
            turned[j + key.length / 2] = b * page.cos()[j] + a * page.sin()[j];
        }
        return turned;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /** Attention by definition; each query sees all but the last {@code hidden} rows. */
    static double[] attention(float[] queries, int rows, int heads, int size, List<Dense> cells, int[] hidden) {
        double[] output = new double[queries.length];
        for (int r = 0; r < rows; r++) {
            for (int h = 0; h < heads; h++) {
                Dense cell = cells.get(h * cells.size() / heads);
                int at = (r * heads + h) * size;
                cell.attend(queries, at, size, cell.keys().size() - hidden[r], output);
            }
        }
        return output;
    }

    private void attend(float[] queries, int at, int size, int visible, double[] output) {
        double[] weights = weights(queries, at, size, visible);
        for (int t = 0; t < visible; t++) {
            for (int c = 0; c < size; c++) {
                output[at + c] += weights[t] * values.get(t)[c];
            }
        }
    }

    /** How a query divides its attention among the first rows. */
    double[] weights(float[] queries, int at, int size, int visible) {
        double[] weights = new double[visible];
        double sum = 0;
        for (int t = 0; t < visible; t++) {
            double dot = 0;
            for (int c = 0; c < size; c++) {
                dot += queries[at + c] * keys.get(t)[c];
            }
            weights[t] = Math.exp(dot / Math.sqrt(size) + bias.get(t));
            sum += weights[t];
        }
        for (int t = 0; t < visible; t++) {
            weights[t] /= sum;
        }
        return weights;
    }
}
