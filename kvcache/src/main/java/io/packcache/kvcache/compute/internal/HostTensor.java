package io.packcache.kvcache.compute.internal;

import io.packcache.kvcache.compute.Tensor;
import java.util.Objects;

/** A tensor in one Java array, row after row without gaps; shared by the backends that compute on the CPU. */
public final class HostTensor implements Tensor {

    private final int rows;
    private final int columns;
    private float[] data;

    HostTensor(int rows, int columns) {
        if (rows < 1 || columns < 1 || (long) rows * columns > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("cannot reserve a tensor of " + rows + " rows x " + columns
                    + " columns: each must be at least 1 and their product below 2^31");
        }
        this.rows = rows;
        this.columns = columns;
        this.data = new float[rows * columns];
    }

    /** The values, shape (rows, columns); valid until the tensor is closed. */
    public float[] data() {
        if (data == null) {
            throw new IllegalStateException("a tensor of shape (" + rows + ", " + columns + ") is used after close");
        }
        return data;
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public void write(int row, float[] source, int offset, int count) {
        Objects.checkFromIndexSize(row, count, rows);
        Objects.checkFromIndexSize(offset, (long) count * columns, source.length);
        System.arraycopy(source, offset, data(), row * columns, count * columns);
    }

    @Override
    public void read(int row, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(row, count, rows);
        Objects.checkFromIndexSize(offset, (long) count * columns, target.length);
        System.arraycopy(data(), row * columns, target, offset, count * columns);
    }

    /** Copies rows inside the tensor; the ranges may overlap. */
    public void moveRows(int from, int to, int count) {
        if (from != to) {
            System.arraycopy(data(), from * columns, data, to * columns, count * columns);
        }
    }

    @Override
    public void close() {
        data = null;
    }
}
