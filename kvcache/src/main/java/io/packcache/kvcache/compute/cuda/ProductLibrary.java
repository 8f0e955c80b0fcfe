package io.packcache.kvcache.compute.cuda;

/** A library that multiplies matrices on the device, on the driver's stream. */
interface ProductLibrary extends AutoCloseable {

    /** Name and version. */
    String name();

    /**
     * {@code y = x W'} with float32 sums.
     *
     * @param x bfloat16, shape (rows, pitch)
     * @param weights bfloat16, shape (outputs, pitch)
     * @param y float32, shape (rows, outputs)
     */
    void multiply(long x, long weights, long y, int rows, int pitch, int outputs);

    @Override
    void close();
}
