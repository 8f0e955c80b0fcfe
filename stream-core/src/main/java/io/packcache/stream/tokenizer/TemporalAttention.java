package io.packcache.stream.tokenizer;

import java.io.IOException;
import java.util.Arrays;

/**
 * Attention with one head, at each position over this frame and those before it, beside a shortcut. Keys and values of
 * earlier frames are remembered in the {@link ClipMemory}, so frame by frame equals all at once.
 *
 * <p>At most {@value #REACH} latent frames are seen, so that an endless clip stays in bounded memory. Clips of up to
 * {@value #REACH} latent frames, more than the models were trained on, are exact.
 */
final class TemporalAttention {

    static final int REACH = 32;

    private final FrameNorm norm;
    private final Convolution query;
    private final Convolution key;
    private final Convolution value;
    private final Convolution projection;

    TemporalAttention(LayerWeights source, String name, int channels) throws IOException {
        norm = new FrameNorm(source, name + ".norm", channels);
        query = Convolution.pointwise(source, name + ".q.conv3d", channels);
        key = Convolution.pointwise(source, name + ".k.conv3d", channels);
        value = Convolution.pointwise(source, name + ".v.conv3d", channels);
        projection = Convolution.pointwise(source, name + ".proj_out.conv3d", channels);
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        FeatureMap normed = norm.apply(x, memory);
        FeatureMap q = query.apply(normed, memory);
        memory.remember(key, key.apply(normed, memory), REACH);
        memory.remember(value, value.apply(normed, memory), REACH);
        FeatureMap shares = shares(q, memory);
        mix(shares, memory.past(value), normed);
        memory.giveBack(shares);
        memory.giveBack(q);
        FeatureMap y = projection.apply(normed, memory);
        memory.giveBack(normed);
        y.add(x);
        memory.giveBack(x);
        return y;
    }

    /** Softmax over the frames remembered, for each position: shape (positions, {@link #REACH}). */
    private FeatureMap shares(FeatureMap q, ClipMemory memory) {
        FeatureMap shares = memory.take(q.rows, q.columns, REACH);
        double scale = 1 / Math.sqrt(q.channels);
        int frames = 0;
        for (FeatureMap k : memory.past(key)) {
            for (int p = 0; p < q.positions(); p++) {
                float product = 0;
                for (int c = p * q.channels; c < (p + 1) * q.channels; c++) {
                    product += q.values[c] * k.values[c];
                }
                shares.values[p * REACH + frames] = (float) (product * scale);
            }
            frames++;
        }
        for (int p = 0; p < q.positions(); p++) {
            softmax(shares.values, p * REACH, frames);
        }
        return shares;
    }

    private static void softmax(float[] x, int from, int count) {
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, x[i]);
        }
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            x[i] = (float) Math.exp(x[i] - largest);
            sum += x[i];
        }
        for (int i = from; i < from + count; i++) {
            x[i] = (float) (x[i] / sum);
        }
    }

    private static void mix(FeatureMap shares, Iterable<FeatureMap> values, FeatureMap out) {
        Arrays.fill(out.values, 0);
        int frame = 0;
        for (FeatureMap v : values) {
            for (int p = 0; p < out.positions(); p++) {
                float share = shares.values[p * REACH + frame];
                for (int c = p * out.channels; c < (p + 1) * out.channels; c++) {
                    out.values[c] += share * v.values[c];
                }
            }
            frame++;
        }
    }
}
