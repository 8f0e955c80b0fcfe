package io.packcache.kvcache.compute.cuda;

/** A stretch of device memory from a {@link DevicePool}. */
final class DeviceMemory implements AutoCloseable {

    private final DevicePool pool;
    private final long address;
    private final long bytes;

    DeviceMemory(DevicePool pool, long address, long bytes) {
        this.pool = pool;
        this.address = address;
        this.bytes = bytes;
    }

    long address() {
        return address;
    }

    long bytes() {
        return bytes;
    }

    /** Gives it back; twice does nothing. */
    @Override
    public void close() {
        pool.release(this);
    }
}
