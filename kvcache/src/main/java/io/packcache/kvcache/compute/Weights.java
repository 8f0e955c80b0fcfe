package io.packcache.kvcache.compute;

/** A weight matrix of shape (outputs, inputs), with an optional bias, packed once for the backend that made it; see {@link MatrixSource} for when. */
public interface Weights extends AutoCloseable {

    /** Number of output channels, the rows of the matrix as stored in a checkpoint. */
    int outputs();

    /** Number of input channels. */
    int inputs();

    /** Bytes that the packed form holds, exactly; known before it is packed. */
    long bytes();

    /**
     * Reads and packs the matrix now, if that has not been done. On the thread that computes.
     *
     * @throws java.io.UncheckedIOException if it cannot be read; a later call tries again
     */
    void prepare();

    @Override
    void close();
}
