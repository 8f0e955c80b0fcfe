package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tokenizer against its definition written as plain loops, and everything it refuses. */
class PatchCodebookTokenizerTest {

    private static final TimeBase TWELVE = TimeBase.ofFramesPerSecond(12);

    @TempDir
    Path folder;

    private final Backend backend = Backends.of("plain");
    private final FramePool pool = new FramePool();
    private Model model;

    @BeforeEach
    void writeModel() throws IOException {
        model = new Model(5, 4, 2, 17, 6, 2);
        model.write(folder);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** Random weights and the definition of the tokenizer over them. */
    private static final class Model {

        final Random random;
        final int spatial;
        final int temporal;
        final int codes;
        final int channels;
        final int blocks;
        final int patch;
        final SafetensorsFile file = new SafetensorsFile();

        Model(long seed, int spatial, int temporal, int codes, int channels, int blocks) {
            this.random = new Random(seed);
            this.spatial = spatial;
            this.temporal = temporal;
            this.codes = codes;
            this.channels = channels;
            this.blocks = blocks;
            this.patch = 3 * temporal * spatial * spatial;
            put("codebook", 0.7f, codes, patch);
            put("refine.embed", 1, codes, channels);
            put("refine.previous", 1, codes, channels);
            for (int i = 0; i < blocks; i++) {
                for (String conv : List.of("conv1", "conv2")) {
                    put("refine.blocks." + i + "." + conv + ".weight", 0.3f, channels, channels, 3, 3);
                    put("refine.blocks." + i + "." + conv + ".bias", 0.3f, channels);
                }
            }
            put("refine.out.weight", 0.2f, patch, channels);
            put("refine.out.bias", 0.1f, patch);
        }

        private void put(String name, float scale, int... shape) {
            int length = 1;
            for (int size : shape) {
                length *= size;
            }
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = (random.nextFloat() * 2 - 1) * scale;
            }
            file.put(name, values, shape);
        }

        void write(Path folder) throws IOException {
            file.write(folder.resolve("visual_tokenizer.safetensors"));
            Files.writeString(
                    folder.resolve("visual_tokenizer.json"), """
                    {"type": "patch-codebook", "spatial": %d, "temporal": %d, "codes": %d, "channels": %d, "blocks": %d}
                    """.formatted(spatial, temporal, codes, channels, blocks));
        }

        /** The patches of a latent frame, each in the order channel, picture, row, column. */
        double[][] patches(int[] now, int[] before, int rows, int columns) {
            double[][] h = new double[rows * columns][channels];
            for (int p = 0; p < h.length; p++) {
                for (int c = 0; c < channels; c++) {
                    h[p][c] = file.values("refine.embed")[now[p] * channels + c];
                    h[p][c] += before == null ? 0 : file.values("refine.previous")[before[p] * channels + c];
                }
            }
            for (int i = 0; i < blocks; i++) {
                double[][] a = convolution(silu(h), "refine.blocks." + i + ".conv1", rows, columns);
                double[][] b = convolution(silu(a), "refine.blocks." + i + ".conv2", rows, columns);
                for (int p = 0; p < h.length; p++) {
                    for (int c = 0; c < channels; c++) {
                        h[p][c] += b[p][c];
                    }
                }
            }
            double[][] active = silu(h);
            double[][] patches = new double[h.length][patch];
            for (int p = 0; p < h.length; p++) {
                for (int i = 0; i < patch; i++) {
                    patches[p][i] = file.values("codebook")[now[p] * patch + i] + file.values("refine.out.bias")[i];
                    for (int c = 0; c < channels; c++) {
                        patches[p][i] += file.values("refine.out.weight")[i * channels + c] * active[p][c];
                    }
                }
            }
            return patches;
        }

        private double[][] silu(double[][] x) {
            double[][] y = new double[x.length][channels];
            for (int p = 0; p < x.length; p++) {
                for (int c = 0; c < channels; c++) {
                    y[p][c] = x[p][c] / (1 + Math.exp(-x[p][c]));
                }
            }
            return y;
        }

        private double[][] convolution(double[][] x, String name, int rows, int columns) {
            double[][] y = new double[x.length][channels];
            for (int p = 0; p < x.length; p++) {
                for (int o = 0; o < channels; o++) {
                    y[p][o] = file.values(name + ".bias")[o];
                    for (int tap = 0; tap < 9; tap++) {
                        int row = p / columns + tap / 3 - 1;
                        int column = p % columns + tap % 3 - 1;
                        for (int c = 0; c < channels; c++) {
                            boolean inside = row >= 0 && row < rows && column >= 0 && column < columns;
                            double value = inside ? x[row * columns + column][c] : 0;
                            y[p][o] += file.values(name + ".weight")[(o * channels + c) * 9 + tap] * value;
                        }
                    }
                }
            }
            return y;
        }

        /** One picture of a latent frame as 0 to 255, not rounded, RGB. */
        double[] picture(double[][] patches, int picture, int rows, int columns) {
            double[] rgb = new double[3 * rows * columns * spatial * spatial];
            int width = columns * spatial;
            for (int y = 0; y < rows * spatial; y++) {
                for (int x = 0; x < width; x++) {
                    for (int channel = 0; channel < 3; channel++) {
                        double[] cell = patches[y / spatial * columns + x / spatial];
                        int at = ((channel * temporal + picture) * spatial + y % spatial) * spatial + x % spatial;
                        rgb[3 * (y * width + x) + channel] = (Math.max(-1, Math.min(1, cell[at])) + 1) / 2 * 255;
                    }
                }
            }
            return rgb;
        }
    }

    private PictureTokenizer load() throws IOException {
        return PictureTokenizers.load(folder, backend);
    }

    private int[] randomCodes(int count) {
        return model.random.ints(count, 0, model.codes).toArray();
    }

    private VideoFrame picture(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        model.random.nextBytes(rgb);
        return VideoFrame.unpooled(width, height, 0, TWELVE, rgb);
    }

    @Test
    void anotherDecoderGoesOnFromAStateWithTheSamePicturesAndTimes() throws IOException {
        int[][] codes = {randomCodes(6), randomCodes(6), randomCodes(6)};
        try (PictureTokenizer tokenizer = load();
                PictureTokenizer.Decoder decoder = tokenizer.decoder(2, 3, TWELVE, pool)) {
            DecoderState start = decoder.state();
            decoder.decode(codes[0]).forEach(VideoFrame::release);
            decoder.decode(codes[1]).forEach(VideoFrame::release);
            DecoderState state = decoder.state();
            List<VideoFrame> expected = decoder.decode(codes[2]);
            try (PictureTokenizer.Decoder other = tokenizer.decoder(2, 3, TWELVE, pool, state);
                    PictureTokenizer.Decoder fresh = tokenizer.decoder(2, 3, TWELVE, pool, start)) {
                List<VideoFrame> pictures = other.decode(codes[2]);
                assertThat(pictures).hasSameSizeAs(expected);
                for (int i = 0; i < pictures.size(); i++) {
                    assertThat(pictures.get(i).rgb())
                            .containsExactly(expected.get(i).rgb());
                    assertThat(pictures.get(i).pts()).isEqualTo(expected.get(i).pts());
                }
                expected.forEach(VideoFrame::release);
                pictures.forEach(VideoFrame::release);
                assertThat(onlyTime(fresh.decode(codes[0]))).isZero();
            }
        }
    }

    @Test
    void aCutIsOnePictureAtItsTime() throws IOException {
        try (PictureTokenizer tokenizer = load();
                PictureTokenizer.Decoder decoder = tokenizer.decoder(2, 3, TWELVE, pool, DecoderState.cutAt(17))) {
            assertThat(onlyTime(decoder.decode(randomCodes(6)))).isEqualTo(17);
        }
    }

    private static long onlyTime(List<VideoFrame> pictures) {
        assertThat(pictures).hasSize(1);
        try (VideoFrame picture = pictures.get(0)) {
            return picture.pts();
        }
    }

    @Test
    void aStateOfAnotherSizeOrWithCodesThatAreNoneIsRefused() throws IOException {
        float[] wrong = {0, 1, 2, 3, 4, 17};
        try (PictureTokenizer tokenizer = load()) {
            assertThatThrownBy(() -> tokenizer.decoder(
                            3,
                            2,
                            TWELVE,
                            pool,
                            new DecoderState(2, 5, List.of(new DecoderState.Block(0, 2, 3, 1, wrong)))))
                    .hasMessage("a clip of 3 x 2 codes cannot go on from 2 x 3 x 1 values");
            assertThatThrownBy(() -> tokenizer.decoder(
                            2,
                            3,
                            TWELVE,
                            pool,
                            new DecoderState(2, 5, List.of(new DecoderState.Block(0, 2, 3, 1, wrong)))))
                    .hasMessage("a clip cannot go on from the code 17.0; codes are 0 to 16");
        }
    }

    @ParameterizedTest(name = "{0} x {1} codes, patches of {2} pixels, {3} pictures, {4} channels, {5} blocks")
    @CsvSource({"2, 3, 4, 2, 6, 2", "1, 1, 8, 4, 5, 1", "5, 1, 3, 1, 7, 0", "17, 18, 2, 3, 4, 1"})
    void picturesEqualTheDefinition(int rows, int columns, int spatial, int temporal, int channels, int blocks)
            throws IOException {
        model = new Model(rows * 31L + columns, spatial, temporal, 17, channels, blocks);
        model.write(folder);
        try (PictureTokenizer tokenizer = load();
                PictureTokenizer.Decoder decoder = tokenizer.decoder(rows, columns, TWELVE, pool)) {
            int[] before = null;
            long pts = 0;
            for (int t = 0; t < 3; t++) {
                int[] codes = randomCodes(rows * columns);
                List<VideoFrame> pictures = decoder.decode(codes.clone());
                assertThat(pictures).hasSize(t == 0 ? 1 : temporal);
                double[][] patches = model.patches(codes, before, rows, columns);
                for (int i = 0; i < pictures.size(); i++) {
                    VideoFrame picture = pictures.get(i);
                    assertThat(picture.pts()).isEqualTo(pts++);
                    assertThat(picture.width()).isEqualTo(columns * spatial);
                    int index = t == 0 ? temporal - 1 : i;
                    assertTruncated(picture.rgb(), model.picture(patches, index, rows, columns));
                    picture.release();
                }
                before = codes;
            }
        }
        assertThat(pool.live()).isZero();
    }

    /** Every byte is the whole part of what is expected, give or take float32 rounding at whole numbers. */
    private static void assertTruncated(byte[] actual, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((actual[i] & 0xFF) - expected[i]).as("byte " + i).isBetween(-1.002, 0.002);
        }
    }

    @Test
    void everyCellGetsTheNearestPatchAndTheFirstPictureStandsForItself() throws IOException {
        List<VideoFrame> pictures = List.of(picture(8, 12), picture(8, 12), picture(8, 12));
        try (PictureTokenizer tokenizer = load()) {
            int[][] codes = tokenizer.encode(pictures);
            assertThat(codes).hasDimensions(2, 6);
            for (int t = 0; t < 2; t++) {
                for (int p = 0; p < 6; p++) {
                    assertThat(codes[t][p]).isEqualTo(nearest(pictures, t, p));
                }
            }
        }
    }

    private int nearest(List<VideoFrame> pictures, int latentFrame, int cell) {
        int best = -1;
        double least = Double.MAX_VALUE;
        for (int code = 0; code < model.codes; code++) {
            double sum = 0;
            for (int i = 0; i < model.patch; i++) {
                VideoFrame picture = pictures.get(latentFrame == 0 ? 0 : 1 + i / 16 % 2);
                int y = cell / 2 * 4 + i / 4 % 4;
                int x = cell % 2 * 4 + i % 4;
                double pixel = (picture.rgb()[3 * (y * 8 + x) + i / 32] & 0xFF) / 127.5 - 1;
                double difference = pixel - model.file.values("codebook")[code * model.patch + i];
                sum += difference * difference;
            }
            if (sum < least) {
                least = sum;
                best = code;
            }
        }
        return best;
    }

    @Test
    void equallyNearPatchesGoToTheLowestCode() throws IOException {
        float[] codebook = model.file.values("codebook");
        for (int code = 1; code < model.codes; code++) {
            System.arraycopy(codebook, 0, codebook, code * model.patch, model.patch);
        }
        model.write(folder);
        try (PictureTokenizer tokenizer = load()) {
            assertThat(tokenizer.encode(List.of(picture(4, 4)))).isDeepEqualTo(new int[][] {{0}});
        }
    }

    @Test
    void clipsDecodedSideBySideDoNotDisturbEachOther() throws IOException {
        int[][] a = {randomCodes(6), randomCodes(6), randomCodes(6)};
        int[][] b = {randomCodes(6), randomCodes(6), randomCodes(6)};
        List<byte[]> together = new ArrayList<>();
        List<byte[]> alone = new ArrayList<>();
        try (PictureTokenizer tokenizer = load()) {
            try (PictureTokenizer.Decoder first = tokenizer.decoder(2, 3, TWELVE, pool);
                    PictureTokenizer.Decoder second = tokenizer.decoder(2, 3, TWELVE, pool)) {
                for (int t = 0; t < 3; t++) {
                    first.decode(a[t]).forEach(picture -> together.add(bytes(picture)));
                    second.decode(b[t]).forEach(VideoFrame::release);
                }
            }
            try (PictureTokenizer.Decoder only = tokenizer.decoder(2, 3, TWELVE, pool)) {
                for (int t = 0; t < 3; t++) {
                    only.decode(a[t]).forEach(picture -> alone.add(bytes(picture)));
                }
            }
        }
        assertThat(together).usingElementComparator(Arrays::compare).containsExactlyElementsOf(alone);
    }

    private static byte[] bytes(VideoFrame picture) {
        try (picture) {
            return picture.rgb().clone();
        }
    }

    @Test
    void aNumberOfPicturesThatMakesNoWholeLatentFramesIsRefused() throws IOException {
        try (PictureTokenizer tokenizer = load()) {
            assertThatThrownBy(() -> tokenizer.encode(List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a clip has 1 + 2n pictures, such as 1, 3 or 5, got 0");
            assertThatThrownBy(() -> tokenizer.encode(List.of(picture(8, 8), picture(8, 8))))
                    .hasMessageEndingWith("got 2");
        }
    }

    @Test
    void picturesThatMakeNoWholeCellsOrDifferInSizeAreRefused() throws IOException {
        try (PictureTokenizer tokenizer = load()) {
            assertThatThrownBy(() -> tokenizer.encode(List.of(picture(8, 6))))
                    .hasMessage("the width and height of a picture are multiples of 4 pixels, got 8 x 6");
            assertThatThrownBy(() -> tokenizer.encode(List.of(picture(8, 8), picture(8, 8), picture(4, 8))))
                    .hasMessage("the pictures of a clip have one size, but picture 2 is 4 x 8 and the first is 8 x 8");
        }
    }

    @Test
    void codesThatMakeNoLatentFrameAreRefusedWithTheirPlace() throws IOException {
        try (PictureTokenizer tokenizer = load();
                PictureTokenizer.Decoder decoder = tokenizer.decoder(2, 3, TWELVE, pool)) {
            decoder.decode(randomCodes(6)).forEach(VideoFrame::release);
            assertThatThrownBy(() -> decoder.decode(new int[5])).hasMessage("latent frame 1 needs 2 x 3 codes, got 5");
            assertThatThrownBy(() -> decoder.decode(new int[] {0, 0, 0, 0, 17, 0}))
                    .hasMessage("the code in row 1, column 1 of latent frame 1 is 17, and codes are 0 to 16");
            assertThatThrownBy(() -> decoder.decode(new int[] {-1, 0, 0, 0, 0, 0}))
                    .hasMessageContaining("is -1");
            assertThatThrownBy(() -> tokenizer.decoder(0, 3, TWELVE, pool)).hasMessageContaining("got 0 x 3");
        }
        assertThat(pool.live()).isZero();
    }

    @Test
    void aClosedDecoderRefusesFurtherCodes() throws IOException {
        try (PictureTokenizer tokenizer = load()) {
            PictureTokenizer.Decoder decoder = tokenizer.decoder(1, 1, TWELVE, pool);
            decoder.decode(new int[] {3}).forEach(VideoFrame::release);
            decoder.close();
            decoder.close();
            assertThatThrownBy(() -> decoder.decode(new int[] {3}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the decoder was closed after latent frame 0");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{\"type\": \"other\"} | $.type is \"other\", and the only type known is \"patch-codebook\"",
                "{\"type\": 3} | $.type is 3, expected a text in quotes",
                "{\"type\": \"patch-codebook\"} | $.spatial is missing, expected a whole number from 1 to 64",
                "{\"type\": \"patch-codebook\", \"spatial\": 0} | $.spatial is 0, expected a whole number from 1 to 64",
                "{\"type\": \"patch-codebook\", \"spatial\": 65} | $.spatial is 65",
                "{\"type\": \"patch-codebook\", \"spatial\": 4, \"temporal\": \"x\"} | $.temporal is \"x\"",
                "{\"type\": \"patch-codebook\", \"spatial\": 4, \"temporal\": 2, \"codes\": 17, \"channels\": 6,"
                        + " \"blocks\": 2, \"kodes\": 1} | $.kodes is no field of this file",
                "[] | must be an object",
                "{ | is not valid JSON",
            })
    void aWrongDescriptionIsRefusedNamingTheField(String json, String message) throws IOException {
        Files.writeString(folder.resolve("visual_tokenizer.json"), json);
        assertThatThrownBy(this::load)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("visual_tokenizer.json")
                .hasMessageContaining(message);
    }

    @Test
    void weightsThatDoNotFitTheDescriptionAreRefusedNamingTheTensor() throws IOException {
        model.file.without("refine.previous").write(folder.resolve("visual_tokenizer.safetensors"));
        assertThatThrownBy(this::load).isInstanceOf(IOException.class).hasMessageContaining("refine.previous");
        model.file
                .put("refine.previous", new float[17 * 5], 17, 5)
                .write(folder.resolve("visual_tokenizer.safetensors"));
        assertThatThrownBy(this::load)
                .hasMessageContaining("refine.previous")
                .hasMessageContaining("[17, 5]")
                .hasMessageContaining("[17, 6]");
        model = new Model(1, 4, 2, 17, 6, 1);
        model.file.put("refine.out.weight", new float[95 * 6], 95, 6).put("refine.out.bias", new float[95], 95);
        model.write(folder);
        assertThatThrownBy(this::load).hasMessageContaining("refine.out.weight").hasMessageContaining("96 outputs");
        model = new Model(1, 4, 2, 17, 6, 1);
        model.file.put("refine.blocks.0.conv1.weight", new float[6 * 6 * 5], 6, 6, 5);
        model.write(folder);
        assertThatThrownBy(this::load)
                .hasMessageContaining("refine.blocks.0.conv1.weight")
                .hasMessageContaining("kernel [3, 3]");
    }
}
