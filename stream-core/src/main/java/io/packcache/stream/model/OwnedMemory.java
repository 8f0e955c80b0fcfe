package io.packcache.stream.model;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.ArrayDeque;
import java.util.Deque;

/** Tensors and weights that are given back together, newest first. */
final class OwnedMemory implements AutoCloseable {

    private final Deque<Runnable> releases = new ArrayDeque<>();
    private long bytes;

    Tensor own(Tensor tensor) {
        releases.push(tensor::close);
        bytes += tensor.bytes();
        return tensor;
    }

    Weights own(Weights weights) {
        releases.push(weights::close);
        bytes += weights.bytes();
        return weights;
    }

    /** Bytes held. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
        bytes = 0;
    }
}
