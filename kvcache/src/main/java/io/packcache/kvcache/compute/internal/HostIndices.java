package io.packcache.kvcache.compute.internal;

import io.packcache.kvcache.compute.Indices;
import java.util.Objects;

/** Indices in a Java array. */
final class HostIndices implements Indices {

    private final int[] values;
    private int bound;

    HostIndices(int length) {
        values = new int[length];
    }

    /** Shape (length); whoever writes here also says {@link #bound(int)}. */
    int[] values() {
        return values;
    }

    void bound(int other) {
        bound = other;
    }

    @Override
    public int length() {
        return values.length;
    }

    @Override
    public int bound() {
        return bound;
    }

    @Override
    public void write(int[] source, int count) {
        bound = CheckedBackend.boundOf(source, count, values.length);
        System.arraycopy(source, 0, values, 0, count);
    }

    @Override
    public void read(int[] target, int count) {
        Objects.checkFromIndexSize(0, count, Math.min(values.length, target.length));
        System.arraycopy(values, 0, target, 0, count);
    }

    @Override
    public void close() {
        // The array goes when nobody needs it.
    }
}
