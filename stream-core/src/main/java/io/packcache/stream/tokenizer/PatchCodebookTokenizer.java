package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.Safetensors;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A codebook of patches, a few pictures deep, and a small network that refines what the codebook draws. Encoding takes
 * the nearest patch for each cell; decoding adds to each patch a correction from the codes around it and the codes of the
 * latent frame before, so that edges close and motion is smooth.
 *
 * <p>The first latent frame stands for the first picture repeated. Several clips may be open; the backend wants one
 * thread at a time.
 */
public final class PatchCodebookTokenizer implements PictureTokenizer {

    private final Backend backend;
    private final LayerWeights weights;
    private final PatchCodebookSettings settings;
    private final PatchCodebook codebook;
    private final PatchRefiner refiner;

    private PatchCodebookTokenizer(LayerWeights weights, PatchCodebookSettings settings, Backend backend)
            throws IOException {
        this.backend = backend;
        this.weights = weights;
        this.settings = settings;
        codebook = new PatchCodebook(settings, weights.values("codebook", settings.codes(), settings.patchValues()));
        refiner = new PatchRefiner(weights, settings);
    }

    /**
     * Reads a tokenizer.
     *
     * @param description JSON: {@code type} ("patch-codebook"), {@code spatial}, {@code temporal}, {@code codes},
     *     {@code channels}, {@code blocks}
     * @param weights safetensors with {@code codebook} and {@code refine.*}
     * @param backend where the weights are packed and the products run; outlives the tokenizer
     * @throws IOException if a file cannot be read, or a tensor is absent or of another shape
     */
    public static PatchCodebookTokenizer open(Path description, Path weights, Backend backend) throws IOException {
        PatchCodebookSettings settings = PatchCodebookSettings.read(description);
        LayerWeights layers = new LayerWeights(Safetensors.open(weights), backend);
        try {
            return new PatchCodebookTokenizer(layers, settings, backend);
        } catch (IOException | RuntimeException e) {
            layers.close();
            throw e;
        }
    }

    @Override
    public int temporalFactor() {
        return settings.temporal();
    }

    @Override
    public int spatialFactor() {
        return settings.spatial();
    }

    @Override
    public int codebookSize() {
        return settings.codes();
    }

    @Override
    public int[][] encode(List<VideoFrame> pictures) {
        ClipShape shape = ClipShape.of(pictures, settings.spatial(), settings.temporal());
        VideoFrame[] group = new VideoFrame[settings.temporal()];
        float[] patch = new float[settings.patchValues()];
        int[][] codes = new int[shape.latentFrames()][shape.positions()];
        for (int t = 0; t < codes.length; t++) {
            for (int i = 0; i < group.length; i++) {
                group[i] = pictures.get(t == 0 ? 0 : 1 + (t - 1) * group.length + i);
            }
            for (int p = 0; p < codes[t].length; p++) {
                codebook.cut(group, p / shape.columns(), p % shape.columns(), patch);
                codes[t][p] = codebook.nearest(patch);
            }
        }
        return codes;
    }

    @Override
    public Decoder decoder(int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from) {
        return new PatchDecoder(rows, columns, timeBase, pool, from);
    }

    @Override
    public void close() {
        weights.close();
    }

    private final class PatchDecoder extends ClipDecoder {

        /** A panel holds a whole latent frame unless that is very large. */
        private static final int MOST_PANEL_ROWS = 256;

        private final int rows;
        private final int columns;
        private final ClipMemory memory;

        /** The codes painted now, and those before the next latent frame. */
        private final int[] latest;

        private FeatureMap corrections;

        PatchDecoder(int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from) {
            super(PatchCodebookTokenizer.this, rows, columns, timeBase, pool, from);
            this.rows = rows;
            this.columns = columns;
            latest = new int[rows * columns];
            memory = new ClipMemory(backend, Math.min(MOST_PANEL_ROWS, rows * columns), ActivationListener.NONE);
            for (DecoderState.Block block : from.blocks()) {
                recall(block);
            }
        }

        /** The codes of the latest frame, as numbers: all are far below 2^24. */
        private void recall(DecoderState.Block block) {
            if (block.rows() != rows || block.columns() != columns || block.channels() != 1) {
                throw new IllegalArgumentException("a clip of " + rows + " x " + columns + " codes cannot go on from "
                        + block.rows() + " x " + block.columns() + " x " + block.channels() + " values");
            }
            for (int i = 0; i < latest.length; i++) {
                latest[i] = (int) block.values()[i];
                if (latest[i] < 0 || latest[i] >= codebookSize()) {
                    throw new IllegalArgumentException("a clip cannot go on from the code " + block.values()[i]
                            + "; codes are 0 to " + (codebookSize() - 1));
                }
            }
        }

        @Override
        List<DecoderState.Block> remembered() {
            float[] values = new float[latest.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = latest[i];
            }
            return List.of(new DecoderState.Block(0, rows, columns, 1, values));
        }

        @Override
        void compute(int latentFrame, int[] codes) {
            if (corrections != null) {
                memory.giveBack(corrections);
            }
            corrections = refiner.apply(codes, latentFrame == 0 ? null : latest, rows, columns, memory);
            System.arraycopy(codes, 0, latest, 0, latest.length);
        }

        @Override
        void paint(int picture, long pts, byte[] rgb) {
            codebook.paint(picture, latest, corrections, rgb);
        }

        @Override
        void release() {
            memory.close();
        }
    }
}
