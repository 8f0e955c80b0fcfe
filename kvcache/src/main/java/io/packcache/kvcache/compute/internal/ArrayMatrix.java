package io.packcache.kvcache.compute.internal;

import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;

/** A float32 matrix in an array of the caller's. */
record ArrayMatrix(float[] values, int outputs, int inputs) implements MatrixSource {

    @Override
    public NumberFormat format() {
        return NumberFormat.FLOAT32;
    }

    @Override
    public void read(int firstRow, int count, float[] target) {
        System.arraycopy(values, firstRow * inputs, target, 0, count * inputs);
    }
}
