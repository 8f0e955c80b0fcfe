package io.packcache.kvcache.compute;

import java.util.Random;

/** Every operation once more in double, one value at a time, by definition: what the backends are checked against. */
final class Naive {

    private Naive() {}

    static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    static double[] multiply(float[] x, int rows, float[] matrix, int outputs, int inputs, float[] bias) {
        double[] y = new double[rows * outputs];
        for (int r = 0; r < rows; r++) {
            for (int n = 0; n < outputs; n++) {
                double sum = bias == null ? 0 : bias[n];
                for (int k = 0; k < inputs; k++) {
                    sum += (double) x[r * inputs + k] * matrix[n * inputs + k];
                }
                y[r * outputs + n] = sum;
            }
        }
        return y;
    }

    static double[] rmsNorm(float[] x, int rows, int columns, float[] weight, float epsilon) {
        double[] y = new double[rows * columns];
        for (int r = 0; r < rows; r++) {
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                squares += (double) x[r * columns + c] * x[r * columns + c];
            }
            for (int c = 0; c < columns; c++) {
                y[r * columns + c] = x[r * columns + c] / Math.sqrt(squares / columns + epsilon) * weight[c];
            }
        }
        return y;
    }

    static double[] headNorm(
            float[] x, int rows, int heads, int groups, int size, float[] weight, float[] bias, float epsilon) {
        double[] y = new double[rows * heads * size];
        for (int r = 0; r < rows; r++) {
            for (int h = 0; h < heads; h++) {
                int at = (r * heads + h) * size;
                int group = h * groups / heads * size;
                double mean = 0;
                for (int c = 0; c < size; c++) {
                    mean += x[at + c] / (double) size;
                }
                double variance = 0;
                for (int c = 0; c < size; c++) {
                    variance += Math.pow(x[at + c] - mean, 2) / size;
                }
                for (int c = 0; c < size; c++) {
                    y[at + c] =
                            (x[at + c] - mean) / Math.sqrt(variance + epsilon) * weight[group + c] + bias[group + c];
                }
            }
        }
        return y;
    }

    static double[] rotate(float[] x, int rows, int heads, int half, float[] cos, float[] sin) {
        double[] y = new double[rows * heads * 2 * half];
        for (int r = 0; r < rows; r++) {
            for (int h = 0; h < heads; h++) {
                int at = (r * heads + h) * 2 * half;
                for (int j = 0; j < half; j++) {
                    double c = cos[r * half + j];
                    double s = sin[r * half + j];
                    y[at + j] = x[at + j] * c - x[at + half + j] * s;
                    y[at + half + j] = x[at + half + j] * c + x[at + j] * s;
                }
            }
        }
        return y;
    }

    /** One vector, its pairs (j, j + d/2) turned by the angles. */
    static double[] turned(float[] x, double[] angles) {
        double[] y = new double[x.length];
        for (int j = 0; j < angles.length; j++) {
            double c = Math.cos(angles[j]);
            double s = Math.sin(angles[j]);
            y[j] = x[j] * c - x[j + angles.length] * s;
            y[j + angles.length] = x[j + angles.length] * c + x[j] * s;
        }
        return y;
    }

    static double[] swiGlu(float[] gate, float[] up) {
        double[] y = new double[gate.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = gate[i] / (1 + Math.exp(-(double) gate[i])) * up[i];
        }
        return y;
    }

    /** {@code visible} has one count per row; keys and values one array per KV head. */
    static double[] attention(
            float[] queries, int rows, int heads, int size, float[][] keys, float[][] values, int[] visible) {
        double[] y = new double[rows * heads * size];
        for (int r = 0; r < rows; r++) {
            for (int h = 0; h < heads; h++) {
                int at = (r * heads + h) * size;
                int keyHead = h * keys.length / heads;
                double[] scores = new double[visible[r]];
                double sum = 0;
                for (int t = 0; t < visible[r]; t++) {
                    for (int c = 0; c < size; c++) {
                        scores[t] += (double) queries[at + c] * keys[keyHead][t * size + c];
                    }
                    scores[t] = Math.exp(scores[t] / Math.sqrt(size));
                    sum += scores[t];
                }
                for (int t = 0; t < visible[r]; t++) {
                    for (int c = 0; c < size; c++) {
                        y[at + c] += scores[t] / sum * values[keyHead][t * size + c];
                    }
                }
            }
        }
        return y;
    }

    /** Probabilities of one row of logits. */
    static double[] softmax(float[] guided, float[] unguided, float guidance, float temperature) {
        double[] p = new double[guided.length];
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < p.length; c++) {
            p[c] = unguided == null ? guided[c] : guidance * ((double) guided[c] - unguided[c]) + unguided[c];
            largest = Math.max(largest, p[c]);
        }
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp((p[c] - largest) / temperature);
            sum += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= sum;
        }
        return p;
    }
}
