package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.io.IOException;

/** Attention with one head among all positions of a frame, beside a shortcut. */
final class SpatialAttention {

    private final FrameNorm norm;
    private final Weights query;
    private final Weights key;
    private final Weights value;
    private final Weights projection;

    SpatialAttention(LayerWeights source, String name, int channels) throws IOException {
        norm = new FrameNorm(source, name + ".norm", channels);
        query = source.convolution(name + ".q.conv3d", channels);
        key = source.convolution(name + ".k.conv3d", channels);
        value = source.convolution(name + ".v.conv3d", channels);
        projection = source.convolution(name + ".proj_out.conv3d", channels);
    }

    /** Computes a new map, which the caller owns; {@code x} is taken over. */
    FeatureMap apply(FeatureMap x, ClipMemory memory) {
        int n = x.positions();
        FeatureMap y = norm.apply(x, memory);
        Tensor[] t = memory.tensors(this, 5, n, x.channels);
        Tensor in = t[0];
        Tensor q = t[1];
        Tensor k = t[2];
        Tensor v = t[3];
        Tensor out = t[4];
        Backend backend = memory.backend();
        in.write(0, y.values, 0, n);
        backend.multiply(in, 0, n, query, q);
        backend.multiply(in, 0, n, key, k);
        backend.multiply(in, 0, n, value, v);
        backend.attention(new Attention(q, 0, n, 1, new CellRows[] {new CellRows(k, v, n)}, null, out));
        backend.multiply(out, 0, n, projection, in);
        in.read(0, y.values, 0, n);
        y.add(x);
        memory.giveBack(x);
        return y;
    }
}
