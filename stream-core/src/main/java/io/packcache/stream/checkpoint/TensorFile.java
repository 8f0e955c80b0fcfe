package io.packcache.stream.checkpoint;

import io.packcache.kvcache.compute.MatrixSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * A file of named tensors. Its structure is checked when it is opened; numbers are read when asked for and not kept.
 * Thread-safe, and untouched by interrupts of the reading thread.
 */
public interface TensorFile extends AutoCloseable {

    /** The file this reads. */
    Path file();

    /** Names of all tensors, in the order of the file. */
    Set<String> names();

    /** Whether the file holds a tensor of this name. */
    boolean has(String name);

    /** How a tensor's numbers are stored. */
    ElementType type(String name) throws CheckpointException;

    /**
     * Sizes of a tensor, outermost first; a copy.
     *
     * @throws CheckpointException if there is no such tensor
     */
    long[] shape(String name) throws CheckpointException;

    /**
     * Reads {@code count} numbers of a floating-point tensor (F32, F16 or BF16) from number {@code first} on, row-major.
     *
     * @param target receives them from {@code at} on
     * @throws CheckpointException if there is no such tensor, or it is of another type, or does not hold them
     */
    void read(String name, long first, int count, float[] target, int at) throws IOException;

    @Override
    void close() throws IOException;

    /**
     * Reads all numbers of a floating-point tensor, row-major.
     *
     * @throws CheckpointException if there is no such tensor, or it is of another type, or too large for one array
     */
    default float[] floats(String name) throws IOException {
        long count = Arrays.stream(shape(name)).reduce(1, Math::multiplyExact);
        if (count > Integer.MAX_VALUE - 8) {
            throw new CheckpointException(file() + ": tensor \"" + name + "\" holds " + count + " numbers, at most "
                    + (Integer.MAX_VALUE - 8) + " fit into one array");
        }
        float[] values = new float[(int) count];
        read(name, 0, values.length, values, 0);
        return values;
    }

    /**
     * Reads all numbers of a floating-point tensor of a known shape.
     *
     * @throws CheckpointException if there is no such tensor, or it is of another type or shape
     */
    default float[] floats(String name, int... expectedShape) throws IOException {
        long[] expected = Arrays.stream(expectedShape).asLongStream().toArray();
        if (!Arrays.equals(shape(name), expected)) {
            throw new CheckpointException(file() + ": tensor \"" + name + "\" is " + Arrays.toString(shape(name))
                    + ", expected " + Arrays.toString(expected));
        }
        return floats(name);
    }

    /**
     * The rows {@code firstRow .. firstRow + rows - 1} of a two-dimensional weight, to be read by whoever packs them while
     * the file is open.
     *
     * @throws CheckpointException if there is no such tensor, or it is no matrix of floating-point numbers
     */
    default MatrixSource matrix(String name, int firstRow, int rows) throws CheckpointException {
        return FileMatrix.of(this, name, firstRow, rows);
    }
}
