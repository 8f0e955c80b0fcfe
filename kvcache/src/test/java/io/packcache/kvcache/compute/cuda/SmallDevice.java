package io.packcache.kvcache.compute.cuda;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** A device that only counts its memory. */
final class SmallDevice implements CudaDriver {

    private final long capacity;
    private final Map<Long, Long> allocations = new HashMap<>();
    private long next = 16;

    SmallDevice(long capacity) {
        this.capacity = capacity;
    }

    long used() {
        return allocations.values().stream().mapToLong(Long::longValue).sum();
    }

    @Override
    public long allocate(long bytes) {
        if (used() + bytes > capacity) {
            throw new OutOfDeviceMemoryException(bytes, capacity - used() + " of " + capacity + " are free");
        }
        long address = next;
        next += 16 * bytes;
        allocations.put(address, bytes);
        return address;
    }

    @Override
    public void free(long address) {
        if (allocations.remove(address) == null) {
            throw new AssertionError("freed twice: " + address);
        }
    }

    @Override
    public String description() {
        return "a device of " + capacity + " bytes";
    }

    @Override
    public void zero(long address, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void copy(long to, long from, long bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void upload(long to, ByteBuffer source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void download(ByteBuffer target, long from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ByteBuffer pin(int bytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unpin(ByteBuffer pinned) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void fetch(ByteBuffer pinned, long from) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void awaitFetch() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void launch(String kernel, int gridX, int gridY, int threads, int sharedBytes, ByteBuffer arguments) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long stream() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void synchronize() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void beginCapture() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int endCapture() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void replay(int graph) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void forget(int graph) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        allocations.clear();
    }
}
