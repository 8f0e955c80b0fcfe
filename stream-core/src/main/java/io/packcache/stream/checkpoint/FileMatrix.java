package io.packcache.stream.checkpoint;

import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** Rows of a matrix in a file. */
record FileMatrix(TensorFile file, String name, int firstRow, int outputs, int inputs, NumberFormat format)
        implements MatrixSource {

    static FileMatrix of(TensorFile file, String name, int firstRow, int rows) throws CheckpointException {
        long[] shape = file.shape(name);
        NumberFormat format = file.type(name)
                .weightFormat()
                .orElseThrow(() -> new CheckpointException(file.file() + ": tensor \"" + name + "\" is no weight"));
        if (shape.length != 2 || firstRow < 0 || rows < 1 || firstRow > shape[0] - rows || shape[1] > 1 << 24) {
            throw new CheckpointException(file.file() + ": tensor \"" + name + "\" is " + Arrays.toString(shape)
                    + ", asked for the rows " + firstRow + " to " + (firstRow + rows) + " of a matrix");
        }
        return new FileMatrix(file, name, firstRow, rows, (int) shape[1], format);
    }

    @Override
    public void read(int first, int count, float[] target) {
        try {
            file.read(name, (firstRow + (long) first) * inputs, count * inputs, target, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        requireFinite(target, count, first);
    }

    /** A number that is none would spread over every picture; better to say where it comes from. */
    private void requireFinite(float[] values, int count, int first) {
        for (int i = 0; i < count * inputs; i++) {
            if (!Float.isFinite(values[i])) {
                String fault = file.file() + ": tensor \"" + name + "\" holds " + values[i] + " in row "
                        + (firstRow + first + i / inputs) + ", column " + i % inputs + "; the file is damaged";
                throw new UncheckedIOException(fault, new CheckpointException(fault));
            }
        }
    }
}
