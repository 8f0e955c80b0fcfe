package io.packcache.examples.verify;

import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A safetensors file of golden numbers; remembers which tensors were asked for, so that the rest can be named. */
final class GoldenFile implements AutoCloseable {

    private final Safetensors tensors;
    private final Set<String> used = new HashSet<>();

    GoldenFile(Path file) throws IOException {
        this.tensors = Safetensors.open(file);
    }

    Set<String> names() {
        return tensors.names();
    }

    boolean has(String name) {
        return tensors.has(name);
    }

    long[] shape(String name) throws IOException {
        return tensors.shape(name);
    }

    float[] floats(String name, int... shape) throws IOException {
        used.add(name);
        return tensors.floats(name, shape);
    }

    /** Whole numbers, as many as there are. */
    long[] integers(String name) throws IOException {
        used.add(name);
        return tensors.integers(name);
    }

    /** Whole numbers, a given number of them, each within a range. */
    int[] indices(String name, int count, int below) throws IOException {
        long[] wide = integers(name);
        if (count >= 0 && wide.length != count) {
            throw new CheckpointException(place(name) + " holds " + wide.length + " numbers, expected " + count);
        }
        int[] narrow = new int[wide.length];
        for (int i = 0; i < narrow.length; i++) {
            if (wide[i] < 0 || wide[i] >= below) {
                throw new CheckpointException(
                        place(name) + "[" + i + "] is " + wide[i] + ", expected 0 to " + (below - 1));
            }
            narrow[i] = (int) wide[i];
        }
        return narrow;
    }

    String place(String name) {
        return tensors.file() + ": tensor \"" + name + "\"";
    }

    /** Tensors that nobody asked for. */
    List<String> unused() {
        List<String> names = new ArrayList<>(tensors.names());
        names.removeAll(used);
        return names;
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
