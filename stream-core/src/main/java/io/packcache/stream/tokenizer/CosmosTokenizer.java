package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.Safetensors;
import io.packcache.stream.checkpoint.TorchArchive;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The causal three-dimensional tokenizer of Cosmos DV4x8x8 (arXiv 2501.03575), as Lumos-1 uses it: Haar wavelets, a
 * convolutional encoder and decoder factored in space and time, finite scalar quantisation with 64,000 codes.
 *
 * <p>Numbers of channels, blocks and resolutions are read from the weights. Clips are decoded latent frame by latent
 * frame: the decoder remembers what its temporal layers need, so the pictures are those of the whole clip decoded at
 * once. Several clips may be open; the backend wants one thread at a time.
 */
public final class CosmosTokenizer implements PictureTokenizer {

    /** Latent frames whose keys and values an open clip remembers at most. */
    public static final int REACH = TemporalAttention.REACH;

    private static final int TEMPORAL = 4;
    private static final int SPATIAL = 8;

    /** Rows of one matrix product: enough to keep a backend busy, little enough to stay near its caches. */
    private static final int PANEL_ROWS = 256;

    private final Backend backend;
    private final ActivationListener listener;
    private final List<LayerWeights> weights;
    private final CosmosDecoder decoder;

    /** Null where only a decoder was given. */
    private final CosmosEncoder encoder;

    private CosmosTokenizer(
            LayerWeights encoderWeights, LayerWeights decoderWeights, Backend backend, ActivationListener listener)
            throws IOException {
        this.backend = backend;
        this.listener = listener;
        this.weights = Stream.of(decoderWeights, encoderWeights)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        encoder = encoderWeights == null
                ? null
                : new CosmosEncoder(encoderWeights, FiniteScalarQuantizer.COSMOS, HaarPictures.CHANNELS);
        decoder = new CosmosDecoder(decoderWeights, FiniteScalarQuantizer.COSMOS);
        if (decoder.outputs() != HaarPictures.CHANNELS) {
            throw decoderWeights.wrongShape("decoder.conv_out.1.conv3d.weight", HaarPictures.CHANNELS + " outputs");
        }
    }

    /**
     * Reads the weights of encoder and decoder under their original names.
     *
     * @param weights safetensors file
     * @param backend where the weights are packed and the products run; outlives the tokenizer
     * @throws IOException if the file cannot be read, or a tensor is absent or of another shape
     */
    public static CosmosTokenizer open(Path weights, Backend backend) throws IOException {
        return open(weights, backend, ActivationListener.NONE);
    }

    /** The same, showing {@code listener} every layer of every clip. */
    public static CosmosTokenizer open(Path weights, Backend backend, ActivationListener listener) throws IOException {
        LayerWeights layers = new LayerWeights(Safetensors.open(weights), backend);
        try {
            return new CosmosTokenizer(layers, layers, backend, listener);
        } catch (IOException | RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    /**
     * Reads the published TorchScript archives.
     *
     * @param encoder {@code encoder.jit}, or null: such a tokenizer makes pictures and reads none
     * @param decoder {@code decoder.jit}
     * @param backend where the weights are packed and the products run; outlives the tokenizer
     * @throws IOException if an archive cannot be read or holds something else than a tokenizer
     */
    public static CosmosTokenizer openArchives(Path encoder, Path decoder, Backend backend) throws IOException {
        LayerWeights decoding = new LayerWeights(TorchArchive.open(decoder), backend);
        LayerWeights encoding = null;
        try {
            encoding = encoder == null ? null : new LayerWeights(TorchArchive.open(encoder), backend);
            return new CosmosTokenizer(encoding, decoding, backend, ActivationListener.NONE);
        } catch (IOException | RuntimeException e) {
            decoding.close();
            if (encoding != null) {
                encoding.close();
            }
            throw e;
        }
    }

    @Override
    public int temporalFactor() {
        return TEMPORAL;
    }

    @Override
    public int spatialFactor() {
        return SPATIAL;
    }

    @Override
    public int codebookSize() {
        return FiniteScalarQuantizer.COSMOS.size();
    }

    @Override
    public int[][] encode(List<VideoFrame> pictures) {
        ClipShape shape = ClipShape.of(pictures, SPATIAL, TEMPORAL);
        int values = 3 * shape.positions() * SPATIAL * SPATIAL;
        float[][] numbers = new float[pictures.size()][];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = PixelScale.values(pictures.get(i).rgb(), values);
        }
        return encode(numbers, shape);
    }

    /**
     * Encodes pictures given as numbers, as {@link #encode(List)} does.
     *
     * @param pictures one array per picture: {@code 3 * width * height} values from -1 to 1, in the order of RGB pixels
     * @param width multiple of 8
     * @param height multiple of 8
     */
    public int[][] encode(float[][] pictures, int width, int height) {
        ClipShape shape = ClipShape.of(pictures.length, width, height, SPATIAL, TEMPORAL);
        for (int i = 0; i < pictures.length; i++) {
            if (pictures[i].length != 3L * width * height) {
                throw new IllegalArgumentException("picture " + i + " of " + width + " x " + height + " pixels needs "
                        + 3L * width * height + " values, got " + pictures[i].length);
            }
        }
        return encode(pictures, shape);
    }

    private int[][] encode(float[][] pictures, ClipShape shape) {
        if (encoder == null) {
            throw new IllegalStateException(
                    "this picture tokenizer has no encoder: put encoder.jit beside decoder.jit to begin with an image");
        }
        int side = SPATIAL / HaarWavelet.SIDE;
        float[][] four = new float[TEMPORAL][];
        int[][] codes = new int[shape.latentFrames()][];
        try (ClipMemory memory = new ClipMemory(backend, PANEL_ROWS, listener)) {
            for (int t = 0; t < codes.length; t++) {
                if (t == 0) {
                    Arrays.fill(four, pictures[0]);
                } else {
                    System.arraycopy(pictures, 1 + (t - 1) * TEMPORAL, four, 0, TEMPORAL);
                }
                memory.begin(t);
                codes[t] = encoder.apply(
                        HaarPictures.forward(four, side * shape.rows(), side * shape.columns(), memory), memory);
            }
        }
        return codes;
    }

    @Override
    public Decoder decoder(int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from) {
        return new CosmosClipDecoder(rows, columns, timeBase, pool, from);
    }

    @Override
    public void close() {
        weights.forEach(LayerWeights::close);
    }

    private final class CosmosClipDecoder extends ClipDecoder {

        private final int rows;
        private final int columns;
        private final ClipMemory memory = new ClipMemory(backend, PANEL_ROWS, listener);

        /** The four pictures of the latent frame as pixel values; null before the first. */
        private FeatureMap pixels;

        CosmosClipDecoder(int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from) {
            super(CosmosTokenizer.this, rows, columns, timeBase, pool, from);
            this.rows = rows;
            this.columns = columns;
            memory.recall(from.blocks());
        }

        @Override
        void compute(int latentFrame, int[] codes) {
            if (pixels != null) {
                memory.giveBack(pixels);
            }
            memory.begin(latentFrame);
            pixels = decoder.apply(codes, rows, columns, memory);
            HaarPictures.inverse(pixels);
        }

        @Override
        void paint(int picture, long pts, byte[] rgb) {
            for (int pixel = 0; pixel < rows * columns * SPATIAL * SPATIAL; pixel++) {
                int at = HaarPictures.at(pixels, picture, pixel);
                for (int channel = 0; channel < 3; channel++) {
                    rgb[3 * pixel + channel] = PixelScale.pixel(pixels.values[at + channel]);
                }
            }
            if (listener != ActivationListener.NONE) {
                report(picture, (int) pts);
            }
        }

        private void report(int picture, int index) {
            float[] values = new float[3 * rows * columns * SPATIAL * SPATIAL];
            for (int i = 0; i < values.length; i++) {
                values[i] = pixels.values[HaarPictures.at(pixels, picture, i / 3) + i % 3];
            }
            listener.activation("dec.rgb", index, rows * SPATIAL, columns * SPATIAL, 3, values);
        }

        @Override
        List<DecoderState.Block> remembered() {
            return memory.remembered();
        }

        @Override
        void release() {
            memory.close();
        }
    }
}
