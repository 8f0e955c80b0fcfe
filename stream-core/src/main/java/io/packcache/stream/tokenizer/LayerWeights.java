package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Weights;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.Safetensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The tensors of a tokenizer file, checked against the shapes that the layers need, and the matrices packed from them,
 * which it owns. The file is only read while layers are made.
 */
final class LayerWeights implements AutoCloseable {

    private final Safetensors file;
    private final Backend backend;
    private final List<Weights> packed = new ArrayList<>();

    LayerWeights(Safetensors file, Backend backend) {
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
        float[] matrix = tapsFirst(file.floats(weight), outputs, inputs, taps);
        Weights weights = backend.pack(matrix, outputs, taps * inputs, values(name + ".bias", outputs));
        packed.add(weights);
        return weights;
    }

    /** Reorders a kernel from (outputs, inputs, taps) to (outputs, taps, inputs). */
    private static float[] tapsFirst(float[] kernel, int outputs, int inputs, int taps) {
        float[] reordered = new float[kernel.length];
        for (int o = 0; o < outputs; o++) {
            for (int i = 0; i < inputs; i++) {
                for (int t = 0; t < taps; t++) {
                    reordered[(o * taps + t) * inputs + i] = kernel[(o * inputs + i) * taps + t];
                }
            }
        }
        return reordered;
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
    }
}
