package io.packcache.examples.verify;

import io.packcache.stream.checkpoint.CheckpointException;
import java.io.IOException;
import java.util.Arrays;

/** Codes and pictures of a clip as a golden file stores them. */
final class StoredClip {

    private StoredClip() {}

    /** Codes of shape (time, rows, columns) as one array per latent frame. */
    static int[][] codes(GoldenFile file, String name, int codebook) throws IOException {
        long[] shape = shape(file, name, 3);
        int[] flat = file.indices(name, -1, codebook);
        int positions = (int) (shape[1] * shape[2]);
        int[][] codes = new int[(int) shape[0]][];
        for (int t = 0; t < codes.length; t++) {
            codes[t] = Arrays.copyOfRange(flat, t * positions, (t + 1) * positions);
        }
        return codes;
    }

    /** Pictures of shape (3, time, height, width) as one array of RGB pixels per picture. */
    static float[][] pictures(GoldenFile file, String name) throws IOException {
        long[] shape = shape(file, name, 4);
        if (shape[0] != 3) {
            throw new CheckpointException(file.place(name) + " has " + shape[0] + " channels, expected 3");
        }
        float[] flat = file.floats(
                name, Arrays.stream(shape).mapToInt(size -> (int) size).toArray());
        int pixels = (int) (shape[2] * shape[3]);
        float[][] pictures = new float[(int) shape[1]][3 * pixels];
        for (int t = 0; t < pictures.length; t++) {
            for (int i = 0; i < 3 * pixels; i++) {
                pictures[t][i] = flat[(i % 3 * pictures.length + t) * pixels + i / 3];
            }
        }
        return pictures;
    }

    /** The shape of a tensor with so many sizes, none of them 0. */
    static long[] shape(GoldenFile file, String name, int sizes) throws IOException {
        long[] shape = file.shape(name);
        if (shape.length != sizes || Arrays.stream(shape).anyMatch(size -> size < 1)) {
            throw new CheckpointException(file.place(name) + " is " + Arrays.toString(shape) + ", expected " + sizes
                    + " sizes of at least 1");
        }
        return shape;
    }

    static long[] flat(int[][] codes) {
        return Arrays.stream(codes).flatMapToInt(Arrays::stream).asLongStream().toArray();
    }
}
