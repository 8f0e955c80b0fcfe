package io.packcache.kvcache.compute.cuda;

/** Device memory for the length of one operation, grown to the largest request and kept. */
final class Scratch implements AutoCloseable {

    private final DevicePool pool;
    private final Runnable moved;
    private DeviceMemory memory; // null until first used

    /**
     * Begins empty.
     *
     * @param moved called when the memory begins to lie elsewhere
     */
    Scratch(DevicePool pool, Runnable moved) {
        this.pool = pool;
        this.moved = moved;
    }

    /** The address of so many bytes of any content; what it gave out before is void. */
    long reserve(long bytes) {
        if (memory == null || memory.bytes() < bytes) {
            if (memory != null) {
                memory.close();
            }
            memory = null;
            memory = pool.allocate(bytes);
            moved.run();
        }
        return memory.address();
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
