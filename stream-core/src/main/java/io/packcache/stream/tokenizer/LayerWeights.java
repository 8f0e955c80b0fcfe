package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Weights;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tensors of a tokenizer file, checked against the shapes that the layers need, and the matrices packed from them. It
 * owns both: matrices are read from the file when a layer first computes.
 */
final class LayerWeights implements AutoCloseable {

    private final TensorFile file;
    private final Backend backend;
    private final List<Weights> packed = new ArrayList<>();

    LayerWeights(TensorFile file, Backend backend) {
        this.file = file;
        this.backend = backend;
    }

    boolean contains(String name) {
        return file.has(name);
    }

    /** The first size of a tensor. */
    int outerSize(String name) throws IOException {
        long[] shape = file.shape(name);
        if (shape.length == 0 || shape[0] < 1 || shape[0] > Integer.MAX_VALUE) {
            throw wrongShape(name, shape, "at least one row");
        }
        return (int) shape[0];
    }

    /** Reads a tensor that must have exactly this shape. */
    float[] values(String name, int... shape) throws IOException {
        return file.floats(name, shape);
    }

    /**
     * Packs the convolution {@code name.weight}, {@code name.bias} as a matrix of shape (outputs, taps x inputs): the
     * inputs under one tap lie together.
     *
     * @param kernel sizes of the kernel; sizes of one are left out, and may stand in the file wherever they like
     */
    Weights convolution(String name, int inputs, int... kernel) throws IOException {
        String weight = name + ".weight";
        long[] shape = file.shape(weight);
        int outputs = outerSize(weight);
        long[] found = Arrays.stream(shape).skip(2).filter(size -> size != 1).toArray();
        if (shape.length < 2
                || shape[1] != inputs
                || !Arrays.equals(found, Arrays.stream(kernel).asLongStream().toArray())) {
            throw wrongShape(weight, shape, inputs + " inputs and the kernel " + Arrays.toString(kernel));
        }
        int taps = Arrays.stream(kernel).reduce(1, Math::multiplyExact);
        Weights weights =
                backend.pack(new KernelMatrix(file, weight, outputs, inputs, taps), values(name + ".bias", outputs));
        packed.add(weights);
        return weights;
    }

    /** The fault that a tensor does not fit the layers around it. */
    CheckpointException wrongShape(String name, String expected) throws IOException {
        return wrongShape(name, file.shape(name), expected);
    }

    private CheckpointException wrongShape(String name, long[] found, String expected) {
        return new CheckpointException(file.file() + ": tensor \"" + name + "\" has the shape " + Arrays.toString(found)
                + ", expected " + expected);
    }

    @Override
    public void close() {
        packed.forEach(Weights::close);
        packed.clear();
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
