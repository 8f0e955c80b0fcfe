package io.packcache.kvcache.compute;

/**
 * A matrix of float32 in the memory of the {@link Backend} that made it.
 *
 * <p>Rows are tokens, columns are channels. Only the backend that allocated a tensor can compute with it; everybody else
 * copies rows in and out. Not thread-safe: one owner at a time.
 */
public interface Tensor extends AutoCloseable {

    /** Number of rows reserved. */
    int rows();

    /** Number of float32 values in a row. */
    int columns();

    /** Bytes this tensor occupies, exactly. */
    default long bytes() {
        return (long) rows() * columns() * Float.BYTES;
    }

    /**
     * Copies {@code count} rows from {@code source}, starting at {@code offset}, into this tensor from {@code row} on.
     *
     * @throws IndexOutOfBoundsException if either range does not fit
     */
    void write(int row, float[] source, int offset, int count);

    /**
     * Copies {@code count} rows of this tensor from {@code row} on into {@code target}, starting at {@code offset}.
     *
     * @throws IndexOutOfBoundsException if either range does not fit
     */
    void read(int row, float[] target, int offset, int count);

    /** Gives the memory back. A closed tensor must not be used again; closing twice does nothing. */
    @Override
    void close();
}
