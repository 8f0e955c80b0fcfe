package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import io.packcache.stream.checkpoint.Checkpoint;
import java.io.IOException;

/** Brings tensors of a checkpoint into the memory of a backend: small ones at once, matrices when they are first used. */
final class WeightLoader {

    private final Checkpoint checkpoint;
    private final Backend backend;
    private final OwnedMemory memory;

    WeightLoader(Checkpoint checkpoint, Backend backend, OwnedMemory memory) {
        this.checkpoint = checkpoint;
        this.backend = backend;
        this.memory = memory;
    }

    /** A small table, such as the parameters of a norm. */
    Tensor table(String name, int rows, int columns) throws IOException {
        Tensor table = memory.own(backend.allocate(rows, columns));
        table.write(0, checkpoint.floats(name), 0, rows);
        return table;
    }

    Weights projection(String name, int outputs, boolean biased) throws IOException {
        float[] bias = biased ? checkpoint.floats(name + ".bias") : null;
        return memory.own(backend.pack(checkpoint.matrix(name + ".weight", 0, outputs), bias));
    }

    /** The rows {@code first .. first + outputs - 1} of a matrix as a projection of its own. */
    Weights rows(String name, int first, int outputs) throws IOException {
        return memory.own(backend.pack(checkpoint.matrix(name, first, outputs), null));
    }
}
