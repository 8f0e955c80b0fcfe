package io.packcache.kvcache.compute.cuda;

import java.util.Arrays;

/**
 * Device copies of small arrays that calls bring along again and again, such as masks and biases. An array is sent when it is
 * new or its content has changed; that is checked at every call, which costs less than sending it.
 */
final class HostMirror {

    private final Device device;
    private final IdentityCache<float[], Floats> floats = new IdentityCache<>();
    private final IdentityCache<int[], Integers> integers = new IdentityCache<>();

    HostMirror(Device device) {
        this.device = device;
    }

    private record Floats(DeviceMemory memory, float[] content) implements AutoCloseable {
        @Override
        public void close() {
            memory.close();
        }
    }

    private record Integers(DeviceMemory memory, int[] content) implements AutoCloseable {
        @Override
        public void close() {
            memory.close();
        }
    }

    /** Gives the copies of arrays back that are gone. */
    void sweep() {
        floats.sweep();
        integers.sweep();
    }

    /** Where the array lies on the device, or 0 if it is null. */
    long address(float[] array) {
        if (array == null || array.length == 0) {
            return 0;
        }
        Floats mirror = floats.get(array, this::send);
        if (!Arrays.equals(mirror.content(), array)) {
            System.arraycopy(array, 0, mirror.content(), 0, array.length);
            device.upload(mirror.memory().address(), array, 0, array.length);
        }
        return mirror.memory().address();
    }

    /** Where the array lies on the device, or 0 if it is null. */
    long address(int[] array) {
        if (array == null || array.length == 0) {
            return 0;
        }
        Integers mirror = integers.get(array, this::send);
        if (!Arrays.equals(mirror.content(), array)) {
            System.arraycopy(array, 0, mirror.content(), 0, array.length);
            device.upload(mirror.memory().address(), array, array.length);
        }
        return mirror.memory().address();
    }

    private Floats send(float[] array) {
        DeviceMemory memory = device.pool().allocate((long) array.length * Float.BYTES);
        device.upload(memory.address(), array, 0, array.length);
        return new Floats(memory, array.clone());
    }

    private Integers send(int[] array) {
        DeviceMemory memory = device.pool().allocate((long) array.length * Integer.BYTES);
        device.upload(memory.address(), array, array.length);
        return new Integers(memory, array.clone());
    }
}
