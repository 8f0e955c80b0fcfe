package io.packcache.kvcache;

import io.packcache.kvcache.compute.Tensor;

/** One KV head of one layer: its raw rows, which tokens they are, and what is noted of them. */
final class Cell {

    final int layer;
    final int head;
    final RowNotes notes = new RowNotes(0);
    RowLayout layout;
    Tensor keys; // capacity x head size, rotated; null while nothing was reserved
    Tensor values; // same shape

    Cell(int layer, int head, RowLayout layout) {
        this.layer = layer;
        this.head = head;
        this.layout = layout;
    }

    /** Raw rows in use, staged ones included. */
    int rows() {
        return layout.size();
    }

    /** Raw rows reserved. */
    int capacity() {
        return keys == null ? 0 : keys.rows();
    }

    /** Bytes of tensors and notes, exactly. */
    long bytes() {
        return (keys == null ? 0 : keys.bytes()) + (values == null ? 0 : values.bytes()) + notes.bytes();
    }
}
