package io.packcache.kvcache.compute.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

/** A device with its pool of memory, and how Java arrays get there and back, in portions through one direct buffer. */
final class Device implements AutoCloseable {

    private static final int STAGING_BYTES = 4 << 20;

    /** Blocks that a kernel over single values is spread over at most; each walks over the rest in strides. */
    private static final int MOST_BLOCKS = 4096;

    /** Threads of such a block. */
    private static final int THREADS = 256;

    private final CudaDriver driver;
    private final DevicePool pool;
    private final KernelCall call;
    private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES).order(ByteOrder.nativeOrder());

    private long scratchMoves;
    private boolean capturing;
    private boolean closed;

    Device(CudaDriver driver) {
        this.driver = driver;
        this.pool = new DevicePool(driver);
        this.call = new KernelCall(driver);
    }

    CudaDriver driver() {
        return driver;
    }

    DevicePool pool() {
        return pool;
    }

    /** Memory for the length of one operation. */
    Scratch scratch() {
        return new Scratch(pool, () -> scratchMoves++);
    }

    /** How often scratch memory has moved so far. */
    long scratchMoves() {
        return scratchMoves;
    }

    /** Whether launches are noted instead of queued. */
    boolean capturing() {
        return capturing;
    }

    /** Notes the launches of some work as a graph; nothing is computed. */
    int capture(Runnable work) {
        driver.beginCapture();
        capturing = true;
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            capturing = false;
            try {
                driver.forget(driver.endCapture());
            } catch (IllegalStateException spoilt) { // by the same failure
                e.addSuppressed(spoilt);
            }
            throw e;
        }
        capturing = false;
        return driver.endCapture();
    }

    /** A launch of the named kernel, to be completed before the next. */
    KernelCall kernel(String name) {
        return call.of(name);
    }

    /** How many blocks share {@code count} values. */
    static int blocks(long count) {
        return (int) Math.min(MOST_BLOCKS, (count + THREADS - 1) / THREADS);
    }

    void upload(long to, float[] source, int offset, int count) {
        int portion = STAGING_BYTES / Float.BYTES;
        for (int done = 0; done < count; done += portion) {
            int size = Math.min(portion, count - done);
            staging.clear();
            staging.asFloatBuffer().put(source, offset + done, size);
            upload(to + (long) done * Float.BYTES, size * Float.BYTES);
        }
    }

    void upload(long to, int[] source, int count) {
        int portion = STAGING_BYTES / Integer.BYTES;
        for (int done = 0; done < count; done += portion) {
            int size = Math.min(portion, count - done);
            staging.clear();
            staging.asIntBuffer().put(source, done, size);
            upload(to + (long) done * Integer.BYTES, size * Integer.BYTES);
        }
    }

    void upload(long to, short[] source, int count) {
        int portion = STAGING_BYTES / Short.BYTES;
        for (int done = 0; done < count; done += portion) {
            int size = Math.min(portion, count - done);
            staging.clear();
            staging.asShortBuffer().put(source, done, size);
            upload(to + (long) done * Short.BYTES, size * Short.BYTES);
        }
    }

    void upload(long to, double[] source) {
        int portion = STAGING_BYTES / Double.BYTES;
        for (int done = 0; done < source.length; done += portion) {
            int size = Math.min(portion, source.length - done);
            staging.clear();
            staging.asDoubleBuffer().put(source, done, size);
            upload(to + (long) done * Double.BYTES, size * Double.BYTES);
        }
    }

    void upload(long to, long[] source) {
        staging.clear();
        staging.asLongBuffer().put(source);
        upload(to, source.length * Long.BYTES);
    }

    /** Sends the first bytes of the staging buffer. A graph would send, at every replay, what lies there by then. */
    private void upload(long to, int bytes) {
        if (capturing) {
            throw new IllegalStateException("recorded work sends values to the device");
        }
        driver.upload(to, staging.position(0).limit(bytes));
    }

    void download(float[] target, int offset, int count, long from) {
        inPortions(
                count,
                from,
                done -> staging.asFloatBuffer().get(target, offset + done, staging.remaining() / Float.BYTES));
    }

    void download(int[] target, int count, long from) {
        inPortions(count, from, done -> staging.asIntBuffer().get(target, done, staging.remaining() / Integer.BYTES));
    }

    /** Downloads 32-bit values; {@code take} gets the number of those before each portion. */
    private void inPortions(int count, long from, IntConsumer take) {
        int portion = STAGING_BYTES / Float.BYTES;
        for (int done = 0; done < count; done += portion) {
            staging.clear().limit(Math.min(portion, count - done) * Float.BYTES);
            driver.download(staging, from + (long) done * Float.BYTES);
            staging.rewind();
            take.accept(done);
        }
    }

    /** Whether everything has been given back, so that nobody else need do it. */
    boolean closed() {
        return closed;
    }

    /** Gives all memory back, then the device. */
    @Override
    public void close() {
        closed = true;
        try {
            pool.close();
        } finally {
            driver.close();
        }
    }
}
