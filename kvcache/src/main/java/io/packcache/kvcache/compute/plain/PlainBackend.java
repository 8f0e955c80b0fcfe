package io.packcache.kvcache.compute.plain;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.Weights;
import io.packcache.kvcache.compute.internal.HostBackend;
import io.packcache.kvcache.compute.internal.HostTensor;
import java.util.Arrays;

/**
 * Every operation as one would write it down, on the calling thread: the specification the fast backends are held to.
 *
 * <p>Loops are ordered and blocked so that a plain JVM vectorises what it can; sums over a row are kept in double
 * where that costs nothing.
 */
public final class PlainBackend extends HostBackend {

    /** Inputs times this many outputs of a weight matrix stay in the cache while rows pass over them. */
    private static final int OUTPUT_BLOCK = 512;

    private final PlainAttention attention = new PlainAttention();

    /** One row of logits, grown to the longest seen. */
    private float[] scratch = new float[0];

    /** A block of sixteen-bit weights after widening, grown to the largest seen. */
    private float[] widened = new float[0];

    @Override
    public String name() {
        return "plain";
    }

    @Override
    protected Weights packChecked(MatrixSource matrix, float[] bias) {
        return new PlainWeights(matrix, bias);
    }

    @Override
    protected void multiplyChecked(HostTensor x, int firstRow, int rows, Weights weights, HostTensor y) {
        if (!(weights instanceof PlainWeights w)) {
            throw new IllegalArgumentException("the plain backend cannot compute with weights of another backend");
        }
        w.prepare();
        for (int from = 0; from < w.outputs(); from += OUTPUT_BLOCK) {
            int to = Math.min(w.outputs(), from + OUTPUT_BLOCK);
            if (w.isWide()) {
                multiplyBlock(x, firstRow, rows, w, from, to, w.wide(), from, w.outputs(), y);
            } else {
                w.widen(from, to, widened(w.inputs() * (to - from)));
                multiplyBlock(x, firstRow, rows, w, from, to, widened, 0, to - from, y);
            }
        }
    }

    /** The outputs {@code from} to {@code to}, whose weights lie in {@code block}, inputs {@code stride} apart. */
    private static void multiplyBlock(
            HostTensor x,
            int firstRow,
            int rows,
            PlainWeights w,
            int from,
            int to,
            float[] block,
            int blockAt,
            int stride,
            HostTensor y) {
        for (int r = firstRow; r < firstRow + rows; r++) {
            int yAt = r * w.outputs() + from;
            if (w.bias() == null) {
                Arrays.fill(y.data(), yAt, yAt + to - from, 0);
            } else {
                System.arraycopy(w.bias(), from, y.data(), yAt, to - from);
            }
            addProducts(x.data(), r * w.inputs(), w.inputs(), block, blockAt, stride, y.data(), yAt, to - from);
        }
    }

    private static void addProducts(
            float[] x, int xAt, int inputs, float[] block, int blockAt, int stride, float[] y, int yAt, int count) {
        int k = 0;
        for (; k + 3 < inputs; k += 4) {
            addFour(x, xAt + k, block, blockAt + k * stride, stride, y, yAt, count);
        }
        for (; k < inputs; k++) {
            addScaled(x[xAt + k], block, blockAt + k * stride, y, yAt, count);
        }
    }

    /** Adds four scaled rows at once: a quarter of the traffic on {@code y}. */
    private static void addFour(float[] x, int xAt, float[] w, int wAt, int stride, float[] y, int yAt, int count) {
        float a = x[xAt];
        float b = x[xAt + 1];
        float c = x[xAt + 2];
        float d = x[xAt + 3];
        int w1 = wAt + stride;
        int w2 = w1 + stride;
        int w3 = w2 + stride;
        for (int n = 0; n < count; n++) {
            y[yAt + n] += a * w[wAt + n] + b * w[w1 + n] + c * w[w2 + n] + d * w[w3 + n];
        }
    }

    private static void addScaled(float a, float[] x, int xAt, float[] y, int yAt, int count) {
        for (int n = 0; n < count; n++) {
            y[yAt + n] += a * x[xAt + n];
        }
    }

    @Override
    protected void rmsNormChecked(HostTensor x, int rows, HostTensor weight, float epsilon, HostTensor y) {
        int columns = x.columns();
        float[] in = x.data();
        float[] w = weight.data();
        float[] out = y.data();
        for (int at = 0; at < rows * columns; at += columns) {
            double squares = 0;
            for (int c = 0; c < columns; c++) {
                squares += (double) in[at + c] * in[at + c];
            }
            float scale = (float) (1 / Math.sqrt(squares / columns + epsilon));
            for (int c = 0; c < columns; c++) {
                out[at + c] = in[at + c] * scale * w[c];
            }
        }
    }

    @Override
    protected void headNormChecked(
            HostTensor x, int rows, int heads, HostTensor weight, HostTensor bias, float epsilon) {
        int size = weight.columns();
        int headsPerGroup = heads / weight.rows();
        float[] data = x.data();
        float[] w = weight.data();
        float[] b = bias.data();
        for (int i = 0; i < rows * heads; i++) {
            int at = i * size;
            int group = i % heads / headsPerGroup * size;
            double sum = 0;
            for (int c = 0; c < size; c++) {
                sum += data[at + c];
            }
            double mean = sum / size;
            double squares = 0;
            for (int c = 0; c < size; c++) {
                squares += (data[at + c] - mean) * (data[at + c] - mean);
            }
            double scale = 1 / Math.sqrt(squares / size + epsilon);
            for (int c = 0; c < size; c++) {
                data[at + c] = (float) ((data[at + c] - mean) * scale) * w[group + c] + b[group + c];
            }
        }
    }

    @Override
    protected void rotateChecked(HostTensor x, int rows, int heads, HostTensor cos, HostTensor sin) {
        int half = cos.columns();
        float[] data = x.data();
        float[] c = cos.data();
        float[] s = sin.data();
        for (int i = 0; i < rows * heads; i++) {
            int at = i * 2 * half;
            int angle = i / heads * half;
            for (int j = 0; j < half; j++) {
                float a = data[at + j];
                float b = data[at + j + half];
                data[at + j] = a * c[angle + j] - b * s[angle + j];
                data[at + j + half] = b * c[angle + j] + a * s[angle + j];
            }
        }
    }

    @Override
    protected void swiGluChecked(HostTensor gate, HostTensor up, int rows, HostTensor out) {
        float[] g = gate.data();
        float[] u = up.data();
        float[] o = out.data();
        for (int i = 0; i < rows * gate.columns(); i++) {
            o[i] = (float) (g[i] / (1 + Math.exp(-g[i]))) * u[i];
        }
    }

    @Override
    protected void addChecked(HostTensor x, int rows, HostTensor target) {
        addScaled(1, x.data(), 0, target.data(), 0, rows * x.columns());
    }

    @Override
    protected void attentionChecked(Attention call) {
        attention.attend(call);
    }

    @Override
    protected void sampleChecked(
            HostTensor guided,
            int guidedRow,
            HostTensor unguided,
            int unguidedRow,
            int rows,
            float guidance,
            float temperature,
            float[] uniforms,
            int[] columns,
            float[] probabilities) {
        int count = guided.columns();
        float[] weights = scratch(count);
        for (int r = 0; r < rows; r++) {
            System.arraycopy(guided.data(), (guidedRow + r) * count, weights, 0, count);
            if (unguided != null) {
                guide(weights, unguided.data(), (unguidedRow + r) * count, count, guidance);
            }
            int best = largest(weights, count);
            requireFinite(weights[best], r);
            double sum = exponentiate(weights, count, weights[best], temperature == 0 ? 1 : temperature);
            requireFinite(sum, r);
            columns[r] = temperature == 0 ? best : draw(weights, uniforms[r] * sum);
            probabilities[r] = (float) Math.max(weights[columns[r]] / sum, Float.MIN_NORMAL);
        }
    }

    private static void guide(float[] logits, float[] unguided, int at, int count, float guidance) {
        for (int c = 0; c < count; c++) {
            logits[c] = guidance * (logits[c] - unguided[at + c]) + unguided[at + c];
        }
    }

    private static int largest(float[] logits, int count) {
        int best = 0;
        for (int c = 1; c < count; c++) {
            if (logits[c] > logits[best]) {
                best = c;
            }
        }
        return best;
    }

    private static double exponentiate(float[] logits, int count, float largest, float temperature) {
        double sum = 0;
        for (int c = 0; c < count; c++) {
            logits[c] = (float) Math.exp((logits[c] - largest) / temperature);
            sum += logits[c];
        }
        return sum;
    }

    private static int draw(float[] weights, double threshold) {
        double cumulative = 0;
        int c = -1;
        while (cumulative <= threshold) {
            c++;
            cumulative += weights[c];
        }
        return c;
    }

    private float[] widened(int length) {
        if (widened.length < length) {
            widened = new float[length];
        }
        return widened;
    }

    private float[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new float[length];
        }
        return scratch;
    }

    @Override
    public void close() {
        scratch = new float[0];
        widened = new float[0];
    }
}
