package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.internal.CheckedBackend;
import java.util.Objects;

/** Indices in device memory. */
final class DeviceIndices implements Indices {

    private final Device device;
    private final int length;
    private final DeviceMemory memory;
    private int bound;

    /** @param bound of what kernels write here */
    DeviceIndices(Device device, int length, int bound) {
        this.device = device;
        this.length = length;
        this.bound = bound;
        this.memory = device.pool().allocate((long) length * Integer.BYTES);
        device.driver().zero(memory.address(), memory.bytes());
    }

    long address() {
        return memory.address();
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int bound() {
        return bound;
    }

    @Override
    public void write(int[] values, int count) {
        bound = CheckedBackend.boundOf(values, count, length);
        device.upload(memory.address(), values, count);
    }

    @Override
    public void read(int[] target, int count) {
        Objects.checkFromIndexSize(0, count, Math.min(length, target.length));
        device.download(target, count, memory.address());
    }

    @Override
    public void close() {
        memory.close();
    }
}
