package io.packcache.kvcache.compute;

/**
 * A weight matrix of shape (outputs, inputs) that lies elsewhere, such as in a file, until a backend packs it.
 *
 * <p>Rows are read in any order, by several threads at once.
 */
public interface MatrixSource {

    /** Rows. */
    int outputs();

    /** Columns. */
    int inputs();

    /** How the numbers are stored there, and so how a backend keeps them. */
    NumberFormat format();

    /**
     * Reads whole rows, row-major, widened to float32; every value has {@link #format()}.
     *
     * @param target receives {@code count * inputs()} values from its beginning on
     * @throws java.io.UncheckedIOException if they cannot be read
     */
    void read(int firstRow, int count, float[] target);
}
