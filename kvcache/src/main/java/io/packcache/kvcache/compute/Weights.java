package io.packcache.kvcache.compute;

/** A weight matrix of shape (outputs, inputs), with an optional bias, packed once for the backend that made it. */
public interface Weights extends AutoCloseable {

    /** Number of output channels, the rows of the matrix as stored in a checkpoint. */
    int outputs();

    /** Number of input channels. */
    int inputs();

    /** Bytes held by the packed form, exactly. */
    long bytes();

    @Override
    void close();
}
