package io.packcache.kvcache.compute.internal;

import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.MaskedFrame;
import io.packcache.kvcache.compute.MaskedLayout;
import io.packcache.kvcache.compute.Tensor;

/** A backend on Java arrays: copies rows itself and leaves the arithmetic to its subclass. */
public abstract class HostBackend extends CheckedBackend<HostTensor> {

    @Override
    public final Tensor allocate(int rows, int columns) {
        return new HostTensor(rows, columns);
    }

    @Override
    public final Indices allocateIndices(int length) {
        return new HostIndices(length);
    }

    @Override
    public final MaskedFrame maskedFrame(MaskedLayout layout) {
        return new HostMaskedFrame(this, layout);
    }

    @Override
    protected final void embedChecked(HostTensor table, Indices rows, int count, HostTensor out) {
        if (!(rows instanceof HostIndices ours)) {
            throw new IllegalArgumentException("a CPU backend cannot compute with indices of another backend");
        }
        int columns = table.columns();
        float[] source = table.data();
        float[] target = out.data();
        for (int r = 0; r < count; r++) {
            System.arraycopy(source, ours.values()[r] * columns, target, r * columns, columns);
        }
    }

    @Override
    protected final void copyRowsChecked(HostTensor from, int fromRow, HostTensor to, int toRow, int count) {
        int columns = from.columns();
        System.arraycopy(from.data(), fromRow * columns, to.data(), toRow * columns, count * columns);
    }

    @Override
    protected final void storeHeadsChecked(HostTensor x, int firstRow, int rows, Tensor[] heads, int[] atRow) {
        float[] source = x.data();
        int columns = x.columns();
        int size = columns / heads.length;
        for (int h = 0; h < heads.length; h++) {
            float[] target = own(heads[h]).data();
            for (int r = 0; r < rows; r++) {
                System.arraycopy(source, (firstRow + r) * columns + h * size, target, (atRow[h] + r) * size, size);
            }
        }
    }

    @Override
    protected final void moveRowsChecked(HostTensor tensor, int from, int to, int count) {
        tensor.moveRows(from, to, count);
    }

    @Override
    protected final void rotateRowsChecked(HostTensor tensor, int firstRow, int count, double[] cos, double[] sin) {
        float[] data = tensor.data();
        int half = cos.length;
        for (int r = firstRow; r < firstRow + count; r++) {
            int at = r * 2 * half;
            for (int j = 0; j < half; j++) {
                // A frame that moves in time turns only some of its pairs.
                if (sin[j] != 0 || cos[j] != 1) {
                    double a = data[at + j];
                    double b = data[at + j + half];
                    data[at + j] = (float) (a * cos[j] - b * sin[j]);
                    data[at + j + half] = (float) (b * cos[j] + a * sin[j]);
                }
            }
        }
    }

    /** The tensor as one of ours. */
    @Override
    protected final HostTensor own(Tensor tensor) {
        if (tensor instanceof HostTensor host) {
            return host;
        }
        throw new IllegalArgumentException("a CPU backend cannot compute with a "
                + (tensor == null ? "null tensor" : tensor.getClass().getSimpleName() + " of another backend"));
    }
}
