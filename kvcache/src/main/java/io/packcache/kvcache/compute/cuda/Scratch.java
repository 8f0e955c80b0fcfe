package io.packcache.kvcache.compute.cuda;

/** Device memory for the length of one operation, grown to the largest request and kept. */
final class Scratch {

    private final DevicePool pool;
    private DeviceMemory memory; // null until first used

    Scratch(DevicePool pool) {
        this.pool = pool;
    }

    /** The address of so many bytes of any content; what it gave out before is void. */
    long reserve(long bytes) {
        if (memory == null || memory.bytes() < bytes) {
            if (memory != null) {
                memory.close();
            }
            memory = null;
            memory = pool.allocate(bytes);
        }
        return memory.address();
    }
}
