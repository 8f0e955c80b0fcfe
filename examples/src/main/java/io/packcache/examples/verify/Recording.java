package io.packcache.examples.verify;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.stream.model.ForwardObserver;
import io.packcache.stream.model.NetworkConfig;

/** Keeps what flows between the blocks, and their queries. */
final class Recording implements ForwardObserver {

    final float[][] hidden; // layers + 1, rows x D
    final float[][] queries; // layers, rows x D

    Recording(NetworkConfig config) {
        this.hidden = new float[config.layers() + 1][];
        this.queries = new float[config.layers()][];
    }

    @Override
    public void hidden(int layer, Tensor tensor, int rows) {
        hidden[layer] = copy(tensor, rows);
    }

    @Override
    public void queries(int layer, Tensor tensor, int rows) {
        queries[layer] = copy(tensor, rows);
    }

    private static float[] copy(Tensor tensor, int rows) {
        float[] values = new float[Math.multiplyExact(rows, tensor.columns())];
        tensor.read(0, values, 0, rows);
        return values;
    }
}
