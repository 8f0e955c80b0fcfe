package io.packcache.kvcache.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A matrix that counts how it is read and can fail. */
final class StoredMatrix implements MatrixSource {

    private final float[] values;
    private final int outputs;
    private final int inputs;
    private final NumberFormat format;
    private final AtomicInteger rowsRead = new AtomicInteger();
    private final AtomicBoolean failing = new AtomicBoolean();

    StoredMatrix(float[] values, int outputs, int inputs, NumberFormat format) {
        this.values = values;
        this.outputs = outputs;
        this.inputs = inputs;
        this.format = format;
    }

    int rowsRead() {
        return rowsRead.get();
    }

    void failNextRead() {
        failing.set(true);
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    @Override
    public NumberFormat format() {
        return format;
    }

    @Override
    public void read(int firstRow, int count, float[] target) {
        if (failing.compareAndSet(true, false)) {
            throw new UncheckedIOException(new IOException("the disk is gone"));
        }
        System.arraycopy(values, firstRow * inputs, target, 0, count * inputs);
        rowsRead.addAndGet(count);
    }
}
