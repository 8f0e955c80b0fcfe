package io.packcache.kvcache.compute.cuda;

import java.nio.ByteBuffer;

/**
 * What the backend asks of a device: memory, transfers, launches and graphs, on one stream in the order of the calls.
 *
 * <p>One thread at a time. Work is queued: a call may return before the device has done it, {@link #download} and {@link
 * #synchronize} wait. Errors are {@link IllegalStateException}s that name the call.
 */
interface CudaDriver extends AutoCloseable {

    /** The device in words, for reports. */
    String description();

    /**
     * Reserves memory of any content; its address is a multiple of 16.
     *
     * @throws OutOfDeviceMemoryException if the device has no more
     */
    long allocate(long bytes);

    /** Gives memory back once all queued work is done. */
    void free(long address);

    /** Fills memory with zero bytes. */
    void zero(long address, long bytes);

    /** Copies inside the device's memory; the ranges do not overlap. */
    void copy(long to, long from, long bytes);

    /** Copies the remaining bytes of a direct buffer to the device; they have been read when the call returns. */
    void upload(long to, ByteBuffer source);

    /** Fills the remaining bytes of a direct buffer from the device, when all work queued before is done. */
    void download(ByteBuffer target, long from);

    /**
     * Memory of the host that the device itself writes to, for {@link #fetch}.
     *
     * @return a direct buffer, to be given back by {@link #unpin}
     */
    ByteBuffer pin(int bytes);

    /** Gives host memory back; no copy to it may be under way. */
    void unpin(ByteBuffer pinned);

    /**
     * Begins to fill a buffer of {@link #pin} from the device, when all work queued before is done and beside what is queued
     * from now on. One at a time: the next begins after {@link #awaitFetch}.
     */
    void fetch(ByteBuffer pinned, long from);

    /** Waits for the last {@link #fetch}, if there was any, and for nothing else. */
    void awaitFetch();

    /**
     * Queues a kernel.
     *
     * @param sharedBytes dynamic shared memory of a block
     * @param arguments the kernel's struct, the remaining bytes of a direct buffer; they have been read when the call returns
     */
    void launch(String kernel, int gridX, int gridY, int threads, int sharedBytes, ByteBuffer arguments);

    /** The handle of the stream, for libraries that queue work on it too. */
    long stream();

    /** Waits for all queued work. */
    void synchronize();

    /** From here on copies, fills and launches are recorded instead of queued; nothing else may be called. */
    void beginCapture();

    /** Ends a recording. Its number is for {@link #replay}. */
    int endCapture();

    /** Queues all that was recorded. */
    void replay(int graph);

    /** Forgets a recording. */
    void forget(int graph);

    /** Gives everything back. */
    @Override
    void close();
}
