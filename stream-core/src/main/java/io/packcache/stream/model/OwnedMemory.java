package io.packcache.stream.model;

import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Tensors and weights that are given back together, newest first. */
final class OwnedMemory implements AutoCloseable {

    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final List<Weights> matrices = new ArrayList<>();
    private long bytes;

    Tensor own(Tensor tensor) {
        releases.push(tensor::close);
        bytes += tensor.bytes();
        return tensor;
    }

    Weights own(Weights weights) {
        releases.push(weights::close);
        matrices.add(weights);
        bytes += weights.bytes();
        return weights;
    }

    Indices own(Indices indices) {
        releases.push(indices::close);
        bytes += (long) indices.length() * Integer.BYTES;
        return indices;
    }

    /** Packs all weights, in the order they came. */
    void prepare(LoadProgress progress) {
        long total = matrices.stream().mapToLong(Weights::bytes).sum();
        long done = 0;
        for (Weights weights : matrices) {
            weights.prepare();
            done += weights.bytes();
            progress.loaded(done, total);
        }
    }

    /** Bytes held, once all weights are packed. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
        matrices.clear();
        bytes = 0;
    }
}
