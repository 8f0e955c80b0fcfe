package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheBudgetExceededException;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.PositionMode;
import io.packcache.kvcache.policy.SlidingWindow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Emu3's and LWM's layouts on random models, held to {@link SlowRaster}. */
class RasterDecoderTest {

    private static final String EMU3 = """
            {"model_type": "Emu3", "vocab_size": 60, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2, "rope_theta": 1000000, "bos_token_id": 1,
             "boi_token_id": 2, "img_token_id": 3, "eol_token_id": 4, "eof_token_id": 5, "visual_token_count": 20}
            """;

    private static final String LWM = """
            {"model_type": "lwm", "vocab_size": 16, "vision_vocab_size": 24, "hidden_size": 48, "intermediate_size": 32,
             "num_hidden_layers": 3, "num_attention_heads": 3, "bos_token_id": 1, "vision_start_token_id": 9,
             "visual_token_count": 20}
            """;

    private static final int[] TEXT = {7, 8, 6};
    private static final int[] SIZE = {10, 11, 12};
    private static final SamplingSettings GREEDY = new SamplingSettings(1, 3, 0, 0, 0);
    private static final SamplingSettings DRAWN =
            new SamplingSettings(1, 2.5, 0.9, 0, 0).withTopK(12).withTopP(0.95);

    @TempDir
    private Path folder;

    private RasterConfig config(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return RasterConfig.read(folder);
    }

    private static TinyModel weights(RasterConfig config) {
        return TinyModel.random(new ModelConfig(config.network(), SpecialTokens.LUMOS, 8), 21);
    }

    private static Clip clip(SamplingSettings sampling, List<int[]> condition) {
        return new Clip(TEXT, condition, 2, 3, 2, 12, 5, sampling);
    }

    /** The specification: both branches, their prefixes and frames, in the order the papers give. */
    private static final class Spec {
        final List<SlowRaster> branches = new ArrayList<>();
        final List<Integer> prefixes = new ArrayList<>();
        final boolean emu3;
        final SamplingSettings sampling;

        Spec(RasterConfig config, TinyModel model, SamplingSettings sampling) {
            this.emu3 = config.network().visionVocabulary() == 0;
            this.sampling = sampling;
            int[] withText = emu3 ? new int[] {1, 7, 8, 6, 2, 10, 11, 12, 3} : new int[] {1, 7, 8, 6, 9};
            int[] without = emu3 ? new int[] {1, 2, 10, 11, 12, 3} : new int[] {1, 9};
            for (int[] prefix : sampling.guidance() == 1 ? new int[][] {withText} : new int[][] {withText, without}) {
                SlowRaster branch = new SlowRaster(config.network(), model.weights(), emu3 ? 40 : 0, 20);
                for (int i = 0; i < prefix.length; i++) {
                    branch.feed(prefix[i], i, -1);
                }
                branches.add(branch);
                prefixes.add(prefix.length);
            }
        }

        private static long spread(long seed) {
            return seed * 0x9E3779B97F4A7C15L;
        }

        int frameLength() {
            return emu3 ? 2 * 4 + 1 : 6 + 1;
        }

        /** Generates a frame, or takes it as given. */
        int[] frame(long frame, long slot, int[] given) {
            SplittableRandom random = new SplittableRandom(spread(5) + frame);
            int[] codes = new int[6];
            int at = (int) slot * frameLength();
            for (int code = 0; code < 6; code++) {
                codes[code] = given != null
                        ? given[code]
                        : SlowRaster.draw(
                                branches.get(0).logits(),
                                branches.size() == 1 ? null : branches.get(1).logits(),
                                sampling,
                                random.nextDouble());
                feed((emu3 ? 40 : 16) + codes[code], at++, frame);
                if (emu3 && code % 3 == 2) {
                    feed(4, at++, frame);
                }
            }
            feed(emu3 ? 5 : 16 + 20, at, frame);
            return codes;
        }

        private void feed(int id, int at, long frame) {
            for (int b = 0; b < branches.size(); b++) {
                branches.get(b).feed(id, prefixes.get(b) + at, frame);
            }
        }
    }

    static Stream<Arguments> models() {
        List<Arguments> cases = new ArrayList<>();
        for (String backend : Backends.names()) {
            if (Backends.refusals().stream().noneMatch(refusal -> refusal.startsWith(backend + ":"))) {
                for (SamplingSettings sampling : List.of(GREEDY, DRAWN, DRAWN.withGuidance(1), DRAWN.withTopP(1))) {
                    cases.add(Arguments.of(backend, "Emu3", EMU3, sampling));
                    cases.add(Arguments.of(backend, "LWM", LWM, sampling));
                }
            }
        }
        return cases.stream();
    }

    private static int[] next(RasterDecoder decoder, long frame) {
        decoder.begin(frame);
        for (int step = 0; step < decoder.steps(); step++) {
            decoder.step(step);
        }
        return decoder.commit();
    }

    @ParameterizedTest(name = "{0}, {1}, {3}")
    @MethodSource("models")
    void framesAreThoseOfTheSlowModelWithEveryTokenAndWithAWindow(
            String backendName, String name, String json, SamplingSettings sampling) throws IOException {
        RasterConfig config = config(json);
        TinyModel model = weights(config);
        Spec spec = new Spec(config, model, sampling);
        SlidingWindow window = SlidingWindow.defaults().withWindow(2).withPositions(PositionMode.KEEP);
        try (Backend backend = Backends.of(backendName, 2);
                Transformer transformer = model.load(folder, backend, config.plan());
                RasterDecoder decoder = RasterDecoder.open(
                        transformer, config, clip(sampling, List.of()), SIZE, CacheBudget.unlimited())) {
            decoder.prefill();
            for (int frame = 0; frame < 6; frame++) {
                assertThat(next(decoder, frame)).as("frame " + frame).containsExactly(spec.frame(frame, frame, null));
                if (frame >= 2) {
                    int newest = frame;
                    decoder.apply(window.plan(decoder.view(), Budget.unlimited()));
                    spec.branches.forEach(branch -> branch.forget(old -> old <= newest - 2));
                }
                assertThat(decoder.cachedTokens())
                        .isEqualTo(spec.branches.stream()
                                .mapToLong(SlowRaster::remembered)
                                .sum());
            }
        }
    }

    @Test
    void givenFramesAreReadBeforeTheFirstIsDrawn() throws IOException {
        RasterConfig config = config(EMU3);
        TinyModel model = weights(config);
        Spec spec = new Spec(config, model, DRAWN);
        int[] given = {3, 1, 4, 1, 5, 9};
        spec.frame(0, 0, given);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = model.load(folder, backend, config.plan());
                RasterDecoder decoder = RasterDecoder.open(
                        transformer, config, clip(DRAWN, List.of(given)), SIZE, CacheBudget.unlimited())) {
            decoder.prefill();
            assertThat(next(decoder, 1)).containsExactly(spec.frame(1, 1, null));
        }
    }

    @Test
    void aFrameBegunAgainAfterARollbackIsTheSameFrame() throws IOException {
        RasterConfig config = config(LWM);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = weights(config).load(folder, backend, config.plan());
                RasterDecoder decoder = RasterDecoder.open(
                        transformer, config, clip(DRAWN, List.of()), SIZE, CacheBudget.unlimited())) {
            decoder.prefill();
            next(decoder, 0);
            long tokens = decoder.cachedTokens();
            int[] second = next(decoder, 1);
            decoder.apply(SlidingWindow.defaults().withWindow(1).plan(decoder.view(), Budget.unlimited()));
            int[] third = next(decoder, 2);
            assertThat(decoder.cachedTokens()).isEqualTo(tokens + 14);
            decoder.begin(3);
            decoder.step(0);
            decoder.rollback();
            int[] fourth = next(decoder, 3);
            assertThat(List.of(second, third, fourth)).allMatch(codes -> codes.length == 6);
            assertThatThrownBy(() -> decoder.step(0)).hasMessageContaining("no frame is begun");
        }
    }

    @Test
    void packCacheKeepsTheFrameEndsAndAFlatSize() throws IOException {
        RasterConfig config = config(EMU3);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = weights(config).load(folder, backend, config.plan());
                RasterDecoder decoder = RasterDecoder.open(
                        transformer, config, clip(DRAWN, List.of()), SIZE, CacheBudget.unlimited())) {
            decoder.prefill();
            List<Long> sizes = new ArrayList<>();
            for (int frame = 0; frame < 12; frame++) {
                int[] codes = next(decoder, frame);
                assertThat(Arrays.stream(codes)).allMatch(code -> code >= 0 && code < 20);
                decoder.apply(PackCache.defaults().plan(decoder.view(), Budget.unlimited()));
                sizes.add(decoder.cachedTokens());
            }
            assertThat(sizes.subList(5, 12)).containsOnly(sizes.get(5));
        }
    }

    @Test
    void aFrameThatDoesNotFitTheBudgetIsRefusedBeforeAnyWork() throws IOException {
        RasterConfig config = config(EMU3);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = weights(config).load(folder, backend, config.plan());
                RasterDecoder decoder = RasterDecoder.open(
                        transformer, config, clip(GREEDY, List.of()), SIZE, CacheBudget.tokens(9 + 9 + 4))) {
            decoder.prefill();
            next(decoder, 0);
            assertThatThrownBy(() -> decoder.begin(1)).isInstanceOf(CacheBudgetExceededException.class);
            assertThat(decoder.cachedTokens()).isEqualTo(9 + 9 + 6 + 9);
        }
    }

    @Test
    void aWrongConditionIsRefused() throws IOException {
        RasterConfig config = config(EMU3);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = weights(config).load(folder, backend, config.plan())) {
            Clip wrong = clip(GREEDY, List.of(new int[] {1, 2, 3, 4, 5, 20}));
            assertThatThrownBy(() -> RasterDecoder.open(transformer, config, wrong, SIZE, CacheBudget.unlimited()))
                    .hasMessageContaining("6 codes of 0 to 19");
        }
    }
}
