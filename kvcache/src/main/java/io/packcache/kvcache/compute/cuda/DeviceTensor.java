package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Tensor;
import java.util.Objects;

/** A tensor in device memory, row after row without gaps, in float32 or in bfloat16. */
final class DeviceTensor implements Tensor {

    private final Device device;
    private final int rows;
    private final int columns;
    private final NumberFormat format;
    private final DeviceMemory memory;
    private boolean closed;

    /** Zeroed. */
    DeviceTensor(Device device, int rows, int columns, NumberFormat format) {
        if (rows < 1 || columns < 1 || (long) rows * columns > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("cannot reserve a tensor of " + rows + " rows x " + columns
                    + " columns: each must be at least 1 and their product below 2^31");
        }
        this.device = device;
        this.rows = rows;
        this.columns = columns;
        this.format = format;
        this.memory = device.pool().allocate(bytes());
        device.driver().zero(memory.address(), bytes());
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
    public long bytes() {
        return (long) rows * rowBytes();
    }

    NumberFormat format() {
        return format;
    }

    int rowBytes() {
        return columns * format.bytes();
    }

    /** Where a row begins. */
    long address(int row) {
        if (closed) {
            throw new IllegalStateException("a tensor of shape (" + rows + ", " + columns + ") is used after close");
        }
        return memory.address() + (long) row * rowBytes();
    }

    @Override
    public void write(int row, float[] source, int offset, int count) {
        Objects.checkFromIndexSize(row, count, rows);
        Objects.checkFromIndexSize(offset, (long) count * columns, source.length);
        long to = address(row);
        if (count == 0) {
            return;
        }
        int values = count * columns;
        if (format == NumberFormat.FLOAT32) {
            device.upload(to, source, offset, values);
            return;
        }
        try (DeviceMemory wide = device.pool().allocate((long) values * Float.BYTES)) {
            device.upload(wide.address(), source, offset, values);
            convert("narrowRows", wide.address(), to, values);
        }
    }

    @Override
    public void read(int row, float[] target, int offset, int count) {
        Objects.checkFromIndexSize(row, count, rows);
        Objects.checkFromIndexSize(offset, (long) count * columns, target.length);
        long from = address(row);
        if (count == 0) {
            return;
        }
        int values = count * columns;
        if (format == NumberFormat.FLOAT32) {
            device.download(target, offset, values, from);
            return;
        }
        try (DeviceMemory wide = device.pool().allocate((long) values * Float.BYTES)) {
            convert("widenRows", from, wide.address(), values);
            device.download(target, offset, values, wide.address());
        }
    }

    private void convert(String kernel, long from, long to, int values) {
        device.kernel(kernel).pointer(from).pointer(to).pointer(values).launch(Device.blocks(values), 256, 0);
    }

    @Override
    public void close() {
        closed = true;
        memory.close();
    }
}
