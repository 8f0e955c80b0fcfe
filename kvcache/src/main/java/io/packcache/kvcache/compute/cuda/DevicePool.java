package io.packcache.kvcache.compute.cuda;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * All device memory of one backend. What was given back serves the next request of the same size; beyond {@value
 * #MOST_SPARE_BYTES} bytes, or when the device has no more, it goes back to the driver.
 */
final class DevicePool implements AutoCloseable {

    private static final long MOST_SPARE_BYTES = 256L << 20;

    private final CudaDriver driver;
    private final Set<DeviceMemory> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Long, Deque<Long>> spare = new HashMap<>(); // addresses by size
    private long liveBytes;
    private long spareBytes;

    DevicePool(CudaDriver driver) {
        this.driver = driver;
    }

    /** Bytes in use. */
    synchronized long liveBytes() {
        return liveBytes;
    }

    /**
     * Memory of any content.
     *
     * @throws OutOfDeviceMemoryException if the device has no more, spare memory included
     */
    synchronized DeviceMemory allocate(long bytes) {
        Deque<Long> known = spare.get(bytes);
        long address;
        if (known != null && !known.isEmpty()) {
            address = known.pop();
            spareBytes -= bytes;
        } else {
            address = reserve(bytes);
        }
        DeviceMemory memory = new DeviceMemory(this, address, bytes);
        live.add(memory);
        liveBytes += bytes;
        return memory;
    }

    private long reserve(long bytes) {
        try {
            return driver.allocate(bytes);
        } catch (OutOfDeviceMemoryException e) {
            if (spareBytes == 0) {
                throw e;
            }
            freeSpare();
            return driver.allocate(bytes);
        }
    }

    synchronized void release(DeviceMemory memory) {
        if (!live.remove(memory)) {
            return;
        }
        liveBytes -= memory.bytes();
        if (spareBytes + memory.bytes() > MOST_SPARE_BYTES) {
            driver.free(memory.address());
        } else {
            spare.computeIfAbsent(memory.bytes(), size -> new ArrayDeque<>()).push(memory.address());
            spareBytes += memory.bytes();
        }
    }

    private void freeSpare() {
        spare.values().forEach(addresses -> addresses.forEach(driver::free));
        spare.clear();
        spareBytes = 0;
    }

    /** Gives everything back, what is still in use included. */
    @Override
    public synchronized void close() {
        freeSpare();
        live.forEach(memory -> driver.free(memory.address()));
        live.clear();
        liveBytes = 0;
    }
}
