package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import java.util.Arrays;

/** From normed rows to logits, in portions that fit the head's memory; knows where the rows of the batch lie among the normed. */
final class LogitsHead {

    private final Transformer transformer;
    private final Activations memory;
    private final Backend backend;
    private final int[] normedAt; // place of each row of the batch among the last normed ones; negative if none
    private final int[] asked; // the same for the rows whose logits are asked for

    /** @param rows of the batch */
    LogitsHead(Transformer transformer, Activations memory, int rows) {
        this.transformer = transformer;
        this.memory = memory;
        this.backend = transformer.backend();
        this.normedAt = new int[rows];
        this.asked = new int[memory.headRows()];
    }

    /** Every row of the batch was computed to its end. */
    void allComputed() {
        Arrays.setAll(normedAt, row -> row);
    }

    /** Some rows were, and lie in this order. */
    void computed(int[] rows, int count) {
        Arrays.fill(normedAt, -1);
        for (int i = 0; i < count; i++) {
            normedAt[rows[i]] = i;
        }
    }

    /** Of chosen rows of the batch. */
    Tensor logits(int[] batchRows, int count) {
        if (count < 1 || count > memory.headRows()) {
            throw new IllegalArgumentException(
                    "logits are computed for 1 to " + memory.headRows() + " rows, not " + count);
        }
        for (int i = 0; i < count; i++) {
            asked[i] = normedAt[batchRows[i]];
        }
        memory.headRows.write(asked, count);
        backend.embed(memory.normed, memory.headRows, count, memory.headInput);
        return project(count);
    }

    /** Of {@code count} normed rows of each branch, from its {@code first} on; a branch has {@code each}. */
    Tensor logits(int first, int count, int each, int branches) {
        for (int b = 0; b < branches; b++) {
            backend.copyRows(memory.normed, b * each + first, memory.headInput, b * count, count);
        }
        return project(branches * count);
    }

    private Tensor project(int count) {
        backend.multiply(memory.headInput, 0, count, transformer.head(), memory.logits);
        return memory.logits;
    }
}
