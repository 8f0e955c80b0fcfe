package io.packcache.kvcache.compute.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One launch, written down argument by argument in the order of the kernel's struct. Every number lies at a multiple of its
 * size, as in C. One at a time; allocates nothing.
 */
final class KernelCall {

    /** Most bytes of arguments that every device takes. */
    private static final int MOST_BYTES = 4096;

    private final CudaDriver driver;
    private final ByteBuffer arguments = ByteBuffer.allocateDirect(MOST_BYTES).order(ByteOrder.nativeOrder());
    private String kernel;

    KernelCall(CudaDriver driver) {
        this.driver = driver;
    }

    KernelCall of(String name) {
        kernel = name;
        arguments.clear();
        return this;
    }

    /** An address, or a 64-bit number. */
    KernelCall pointer(long address) {
        align(Long.BYTES);
        arguments.putLong(address);
        return this;
    }

    KernelCall integer(int value) {
        arguments.putInt(value);
        return this;
    }

    KernelCall real(float value) {
        arguments.putFloat(value);
        return this;
    }

    /** Doubles in an array of {@code length}; the rest are zeros. */
    KernelCall doubles(double[] values, int length) {
        for (int i = 0; i < length; i++) {
            arguments.putDouble(i < values.length ? values[i] : 0);
        }
        return this;
    }

    /** Queues the kernel with a grid of one row of blocks. */
    void launch(int blocks, int threads, int sharedBytes) {
        launch(blocks, 1, threads, sharedBytes);
    }

    void launch(int blocksX, int blocksY, int threads, int sharedBytes) {
        align(Long.BYTES);
        driver.launch(kernel, blocksX, blocksY, threads, sharedBytes, arguments.flip());
    }

    private void align(int bytes) {
        while (arguments.position() % bytes != 0) {
            arguments.put((byte) 0);
        }
    }
}
