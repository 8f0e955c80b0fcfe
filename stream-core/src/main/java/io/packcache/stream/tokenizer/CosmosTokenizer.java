package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The causal three-dimensional tokenizer of Cosmos DV4x8x8, as Lumos-1 uses it. */
@SuppressWarnings("DoNotCallSuggester")
public final class CosmosTokenizer implements PictureTokenizer {

    private CosmosTokenizer() {}

    public static CosmosTokenizer open(Path weights, Backend backend) throws IOException {
        return open(weights, backend, ActivationListener.NONE);
    }

    public static CosmosTokenizer open(Path weights, Backend backend, ActivationListener listener) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public int temporalFactor() {
        return 4;
    }

    @Override
    public int spatialFactor() {
        return 8;
    }

    @Override
    public int codebookSize() {
        return FiniteScalarQuantizer.COSMOS.size();
    }

    @Override
    public int[][] encode(List<VideoFrame> pictures) {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Encodes pictures given as numbers.
     *
     * @param pictures one array per picture, {@code 3 * width * height} values from -1 to 1 in the order of RGB pixels
     */
    public int[][] encode(float[][] pictures, int width, int height) {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public Decoder decoder(int rows, int columns, TimeBase timeBase, FramePool pool) {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void close() {}
}
