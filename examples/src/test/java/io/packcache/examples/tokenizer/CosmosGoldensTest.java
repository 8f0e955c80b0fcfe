package io.packcache.examples.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.stream.checkpoint.Safetensors;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.tokenizer.ActivationListener;
import io.packcache.stream.tokenizer.CosmosTokenizer;
import io.packcache.stream.tokenizer.FiniteScalarQuantizer;
import io.packcache.stream.tokenizer.PictureTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizers;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Cosmos tokenizer against numbers from the original implementation, on every backend that runs here. */
class CosmosGoldensTest {

    private static final TimeBase TWELVE = TimeBase.ofFramesPerSecond(12);

    private static Path folder;
    private static Safetensors goldens;

    @BeforeAll
    static void open() throws IOException, URISyntaxException {
        folder = Path.of(CosmosGoldensTest.class
                        .getResource("/goldens/lumos-tiny/cosmos-tiny.safetensors")
                        .toURI())
                .getParent();
        goldens = Safetensors.open(folder.resolve("cosmos-tiny.safetensors"));
    }

    @AfterAll
    static void close() throws IOException {
        goldens.close();
    }

    static List<String> backends() {
        return Backends.names().stream()
                .filter(name -> Backends.refusals().stream().noneMatch(refusal -> refusal.startsWith(name + ":")))
                .toList();
    }

    /** Collects activations in the layout of the goldens: channel, time, row, column. */
    private static final class Recorder implements ActivationListener {

        private final Map<String, List<float[]>> frames = new HashMap<>();

        @Override
        public void activation(String name, int frame, int rows, int columns, int channels, float[] values) {
            int positions = rows * columns;
            float[] planes = new float[positions * channels];
            for (int i = 0; i < planes.length; i++) {
                planes[i % channels * positions + i / channels] = values[i];
            }
            List<float[]> seen = frames.computeIfAbsent(name, ignored -> new ArrayList<>());
            assertThat(frame).as("frame of " + name).isEqualTo(seen.size());
            seen.add(planes);
        }

        float[] whole(String name, int channels) {
            List<float[]> seen = frames.get(name);
            int positions = seen.get(0).length / channels;
            float[] whole = new float[seen.size() * positions * channels];
            for (int channel = 0; channel < channels; channel++) {
                for (int t = 0; t < seen.size(); t++) {
                    System.arraycopy(
                            seen.get(t),
                            channel * positions,
                            whole,
                            (channel * seen.size() + t) * positions,
                            positions);
                }
            }
            return whole;
        }
    }

    private static void assertClose(Recorder recorder, String name, double limit) throws IOException {
        float[] expected = goldens.floats(name);
        float[] actual = recorder.whole(name, (int) goldens.shape(name)[0]);
        assertThat(actual).as(name).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        assertThat(largest).as("largest error of " + name).isLessThanOrEqualTo(limit);
    }

    private static int[][] codes(String name) throws IOException {
        long[] shape = goldens.shape(name);
        long[] flat = goldens.integers(name);
        int positions = (int) (shape[1] * shape[2]);
        int[][] codes = new int[(int) shape[0]][];
        for (int t = 0; t < codes.length; t++) {
            codes[t] = Arrays.stream(flat, t * positions, (t + 1) * positions)
                    .mapToInt(Math::toIntExact)
                    .toArray();
        }
        return codes;
    }

    /** Golden pictures, (channel, time, row, column), as RGB pixel values. */
    private static float[][] pictures(String name) throws IOException {
        long[] shape = goldens.shape(name);
        float[] flat = goldens.floats(name);
        int pixels = (int) (shape[2] * shape[3]);
        float[][] pictures = new float[(int) shape[1]][3 * pixels];
        for (int t = 0; t < pictures.length; t++) {
            for (int i = 0; i < 3 * pixels; i++) {
                pictures[t][i] = flat[(i % 3 * pictures.length + t) * pixels + i / 3];
            }
        }
        return pictures;
    }

    private static List<VideoFrame> decode(PictureTokenizer tokenizer, int[][] codes) throws IOException {
        List<VideoFrame> pictures = new ArrayList<>();
        long[] shape = goldens.shape("dec.indices");
        try (PictureTokenizer.Decoder decoder =
                tokenizer.decoder((int) shape[1], (int) shape[2], TWELVE, new FramePool())) {
            for (int[] latentFrame : codes) {
                pictures.addAll(decoder.decode(latentFrame));
            }
        }
        return pictures;
    }

    private static CosmosTokenizer tokenizer(Backend backend, ActivationListener listener) throws IOException {
        return CosmosTokenizer.open(folder.resolve("cosmos-tiny-weights.safetensors"), backend, listener);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void decodingLatentFrameByLatentFrameEqualsTheOriginalOnTheWholeClip(String name) throws IOException {
        Recorder recorder = new Recorder();
        try (Backend backend = Backends.of(name);
                CosmosTokenizer tokenizer = tokenizer(backend, recorder)) {
            decode(tokenizer, codes("dec.indices"));
        }
        assertClose(recorder, "dec.codes", 0);
        for (String layer : List.of(
                "dec.z",
                "dec.conv_in",
                "dec.mid.block_1",
                "dec.mid.attn_spatial",
                "dec.mid.attn_temporal",
                "dec.mid.block_2",
                "dec.up.2",
                "dec.up.1",
                "dec.up.0",
                "dec.conv_out",
                "dec.rgb")) {
            assertClose(recorder, layer, 1e-4);
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theFirstLatentFrameAloneIsItsPicture(String name) throws IOException {
        Recorder recorder = new Recorder();
        try (Backend backend = Backends.of(name);
                CosmosTokenizer tokenizer = tokenizer(backend, recorder)) {
            List<VideoFrame> pictures = decode(tokenizer, new int[][] {codes("dec.indices")[0]});
            assertThat(pictures).hasSize(1);
        }
        float[] expected = goldens.floats("dec.rgb_one_latent");
        float[] actual = recorder.whole("dec.rgb", 3);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void encodingEqualsTheOriginal(String name) throws IOException {
        Recorder recorder = new Recorder();
        float[][] pictures = pictures("enc.video");
        long[] shape = goldens.shape("enc.video");
        try (Backend backend = Backends.of(name);
                CosmosTokenizer tokenizer = tokenizer(backend, recorder)) {
            assertThat(tokenizer.encode(pictures, (int) shape[3], (int) shape[2]))
                    .isDeepEqualTo(codes("enc.indices"));
        }
        assertClose(recorder, "enc.haar", 1e-5);
        assertClose(recorder, "enc.prequant", 1e-4);
    }

    @Test
    void theFirstPictureIsEncodedAlone() throws IOException {
        float[][] first = {pictures("enc.video")[0]};
        long[] shape = goldens.shape("enc.video");
        try (Backend backend = Backends.of("plain");
                CosmosTokenizer tokenizer = tokenizer(backend, ActivationListener.NONE)) {
            assertThat(tokenizer.encode(first, (int) shape[3], (int) shape[2]))
                    .isDeepEqualTo(codes("enc.indices_first_frame_only"));
        }
    }

    @Test
    void quantiserValuesAndCodesAreExact() throws IOException {
        long[] indices = goldens.integers("fsq.indices");
        float[] expected = goldens.floats("fsq.codes");
        float[] actual = new float[expected.length];
        for (int i = 0; i < indices.length; i++) {
            FiniteScalarQuantizer.COSMOS.values((int) indices[i], actual, 6 * i);
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void aGoldenFolderIsAModelFolderForPictures() throws IOException {
        try (Backend backend = Backends.of("plain");
                PictureTokenizer tokenizer = PictureTokenizers.load(folder, backend)) {
            assertThat(tokenizer).isInstanceOf(CosmosTokenizer.class);
            assertThat(tokenizer.codebookSize()).isEqualTo(64_000);
            List<VideoFrame> pictures = decode(tokenizer, codes("dec.indices"));
            assertThat(pictures).extracting(VideoFrame::pts).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        }
    }

    @Test
    void clipsDecodedSideBySideDoNotDisturbEachOther() throws IOException {
        int[][] codes = codes("dec.indices");
        int[][] backwards = {codes[2], codes[1], codes[0]};
        try (Backend backend = Backends.of("plain");
                CosmosTokenizer tokenizer = tokenizer(backend, ActivationListener.NONE);
                PictureTokenizer.Decoder first = tokenizer.decoder(4, 6, TWELVE, new FramePool());
                PictureTokenizer.Decoder second = tokenizer.decoder(4, 6, TWELVE, new FramePool())) {
            List<VideoFrame> together = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                together.addAll(first.decode(codes[t]));
                second.decode(backwards[t]);
            }
            assertThat(together)
                    .usingElementComparator((a, b) -> Arrays.compare(a.rgb(), b.rgb()))
                    .containsExactlyElementsOf(decode(tokenizer, codes));
        }
    }

    @Test
    void anyGridGoesToPicturesAndBack() throws IOException {
        try (Backend backend = Backends.of("plain");
                CosmosTokenizer tokenizer = tokenizer(backend, ActivationListener.NONE);
                PictureTokenizer.Decoder decoder = tokenizer.decoder(3, 1, TWELVE, new FramePool())) {
            List<VideoFrame> pictures = new ArrayList<>(decoder.decode(new int[] {0, 63_999, 1}));
            pictures.addAll(decoder.decode(new int[] {5, 6, 7}));
            assertThat(pictures).hasSize(5).allMatch(picture -> picture.width() == 8 && picture.height() == 24);
            assertThat(tokenizer.encode(pictures)).hasDimensions(2, 3);
            assertThat(tokenizer.encode(pictures.subList(0, 1))[0])
                    .as("the first latent frame depends on the first picture only")
                    .isEqualTo(tokenizer.encode(pictures)[0]);
        }
    }

    @Test
    void anEndlessClipDecodesBeyondTheReachOfTemporalAttention() throws IOException {
        FramePool pool = new FramePool();
        try (Backend backend = Backends.of("plain");
                CosmosTokenizer tokenizer = tokenizer(backend, ActivationListener.NONE);
                PictureTokenizer.Decoder decoder = tokenizer.decoder(1, 1, TWELVE, pool)) {
            for (int t = 0; t < 70; t++) {
                decoder.decode(new int[] {t}).forEach(VideoFrame::release);
            }
        }
        assertThat(pool.live()).isZero();
    }

    @Test
    void picturesAsNumbersOfTheWrongLengthAreRefused() throws IOException {
        try (Backend backend = Backends.of("plain");
                CosmosTokenizer tokenizer = tokenizer(backend, ActivationListener.NONE)) {
            assertThatThrownBy(() -> tokenizer.encode(new float[][] {new float[191]}, 8, 8))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("picture 0 of 8 x 8 pixels needs 192 values, got 191");
            assertThatThrownBy(() -> tokenizer.encode(new float[2][192], 8, 8))
                    .hasMessage("a clip has 1 + 4n pictures, such as 1, 5 or 9, got 2");
        }
    }
}
