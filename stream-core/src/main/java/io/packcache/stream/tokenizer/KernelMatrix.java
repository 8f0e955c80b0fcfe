package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.TensorFile;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A convolution kernel of shape (outputs, channels, taps) as a matrix of shape (outputs, taps x channels): the channels
 * under one tap lie together.
 */
record KernelMatrix(TensorFile file, String name, int outputs, int channels, int taps, NumberFormat format)
        implements MatrixSource {

    KernelMatrix(TensorFile file, String name, int outputs, int channels, int taps) throws CheckpointException {
        this(
                file,
                name,
                outputs,
                channels,
                taps,
                file.type(name)
                        .weightFormat()
                        .orElseThrow(() ->
                                new CheckpointException(file.file() + ": tensor \"" + name + "\" holds no weights")));
    }

    @Override
    public int inputs() {
        return taps * channels;
    }

    @Override
    public void read(int firstRow, int count, float[] target) {
        float[] kernels = new float[count * inputs()];
        try {
            file.read(name, (long) firstRow * inputs(), kernels.length, kernels, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        for (int o = 0; o < count; o++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < taps; t++) {
                    target[(o * taps + t) * channels + c] = kernels[(o * channels + c) * taps + t];
                }
            }
        }
    }
}
