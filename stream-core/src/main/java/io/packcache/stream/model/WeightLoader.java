package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import io.packcache.stream.checkpoint.Checkpoint;
import java.io.IOException;

/** Brings tensors of a checkpoint into the memory of a backend. */
final class WeightLoader {

    private final Checkpoint checkpoint;
    private final Backend backend;
    private final OwnedMemory memory;

    WeightLoader(Checkpoint checkpoint, Backend backend, OwnedMemory memory) {
        this.checkpoint = checkpoint;
        this.backend = backend;
        this.memory = memory;
    }

    /** A table of {@code rows} rows, read in pieces so that it is held only once. */
    Tensor table(String name, int rows, int columns) throws IOException {
        Tensor table = memory.own(backend.allocate(rows, columns));
        int piece = Math.max(1, Math.min(rows, (1 << 24) / columns));
        for (int row = 0; row < rows; row += piece) {
            int count = Math.min(piece, rows - row);
            table.write(row, checkpoint.rows(name, row, count), 0, count);
        }
        return table;
    }

    Weights projection(String name, int outputs, int inputs, boolean biased) throws IOException {
        float[] bias = biased ? checkpoint.floats(name + ".bias") : null;
        return memory.own(backend.pack(checkpoint.floats(name + ".weight"), outputs, inputs, bias));
    }

    /** The rows {@code first .. first + outputs - 1} of a matrix as a projection of its own. */
    Weights head(String name, int first, int outputs, int inputs) throws IOException {
        return memory.own(backend.pack(checkpoint.rows(name, first, outputs), outputs, inputs, null));
    }
}
