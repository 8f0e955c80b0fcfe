package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheBudgetExceededException;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.SlidingWindow;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaskedDecoderTest {

    private static final SamplingSettings SAMPLING = new SamplingSettings(4, 2, 1, 1, 0.5);

    /** Codes of a frame of 2 x 3. */
    private static final int CODES = 6;

    /** Tokens of a frame of 2 x 3: four markers, two rows of four. */
    private static final int FRAME = 12;

    /** Tokens of the guided prefix: bos, three of text, separator, three of the clip. */
    private static final int GUIDED_PREFIX = 8;

    private static final ModelConfig CONFIG = TinyModel.config(32, 2, 1, 1);

    @TempDir
    private static Path folder;

    private static Backend backend;
    private static Transformer transformer;
    private static int failAt;

    @BeforeAll
    static void load() throws IOException {
        backend = failing(Backends.of("plain"));
        transformer = TinyModel.random(CONFIG, 9).load(folder, backend);
    }

    @AfterAll
    static void close() {
        transformer.close();
        backend.close();
    }

    /** A backend whose n-th attention from now on fails, where {@link #failAt} is n. */
    private static Backend failing(Backend real) {
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("attention") && failAt > 0 && --failAt == 0) {
                        throw new IllegalStateException("this attention fails");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static Clip clip(SamplingSettings sampling, long seed, List<int[]> condition) {
        return new Clip(new int[] {5, 6, 7}, condition, 2, 3, 2, 12, seed, sampling);
    }

    private static MaskedDecoder open(SamplingSettings sampling, long seed) {
        MaskedDecoder decoder = MaskedDecoder.open(transformer, CONFIG, clip(sampling, seed, List.of()));
        decoder.prefill();
        return decoder;
    }

    private static int[] frame(FrameDecoder decoder, long number) {
        decoder.begin(number);
        for (int step = 0; step < decoder.steps(); step++) {
            decoder.step(step);
        }
        return decoder.commit();
    }

    private static int[][] frames(SamplingSettings sampling, long seed, int count) {
        try (MaskedDecoder decoder = open(sampling, seed)) {
            int[][] frames = new int[count][];
            for (int i = 0; i < count; i++) {
                frames[i] = frame(decoder, i);
            }
            return frames;
        }
    }

    @Test
    void theSameSeedGivesTheSameFramesAndAnotherSeedOthers() {
        int[][] frames = frames(SAMPLING, 1, 4);
        assertThat(frames).isDeepEqualTo(frames(SAMPLING, 1, 4));
        assertThat(Arrays.deepToString(frames)).isNotEqualTo(Arrays.deepToString(frames(SAMPLING, 2, 4)));
        assertThat(List.of(frames)).allMatch(frame -> frame.length == CODES);
        assertThat(Arrays.stream(frames).flatMapToInt(Arrays::stream)).allMatch(code -> code >= 0 && code < 24);
    }

    @Test
    void framesGrowBothCachesByAFrameEach() {
        try (MaskedDecoder decoder = open(SAMPLING, 1)) {
            assertThat(decoder.cachedTokens()).isEqualTo(GUIDED_PREFIX + 3);
            frame(decoder, 0);
            assertThat(decoder.cachedTokens()).isEqualTo(GUIDED_PREFIX + 3 + 2 * FRAME);
            assertThat(decoder.view().frames()).singleElement().satisfies(held -> {
                assertThat(held.held().union().cardinality()).isEqualTo(8);
                assertThat(held.masked()).isEqualTo(HistoryMask.of(8, 0.5));
            });
        }
    }

    @Test
    void withoutGuidanceThereIsNoSecondBranch() {
        try (MaskedDecoder decoder = open(SAMPLING.withGuidance(1), 1)) {
            frame(decoder, 0);
            assertThat(decoder.cachedTokens()).isEqualTo(GUIDED_PREFIX + FRAME);
        }
    }

    @Test
    void aFrameRolledBackAndBegunAgainBecomesTheSameFrame() {
        int[][] expected = frames(SAMPLING, 7, 2);
        try (MaskedDecoder decoder = open(SAMPLING, 7)) {
            decoder.begin(0);
            decoder.step(0);
            decoder.step(1);
            decoder.rollback();
            assertThat(frame(decoder, 0)).containsExactly(expected[0]);
            decoder.begin(1);
            decoder.rollback();
            assertThat(frame(decoder, 1)).containsExactly(expected[1]);
        }
    }

    @Test
    void aStepThatFailsLeavesTheCachesAsOfTheLastCommitAndTheFrameCanBeRedone() {
        int[][] expected = frames(SAMPLING, 7, 2);
        try (MaskedDecoder decoder = open(SAMPLING, 7)) {
            frame(decoder, 0);
            long before = decoder.cachedTokens();
            for (int call = 1; call <= 18; call++) {
                failAt = call;
                assertThatThrownBy(() -> frame(decoder, 1)).hasMessage("this attention fails");
                assertThat(decoder.cachedTokens()).isEqualTo(before);
                assertThat(decoder.view().frames()).hasSize(1);
            }
            failAt = 0;
            assertThat(frame(decoder, 1)).containsExactly(expected[1]);
        }
    }

    @Test
    void aPrefillThatFailsCanBeDoneAgain() {
        List<int[]> condition = List.of(new int[CODES], new int[CODES]);
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, CONFIG, clip(SAMPLING, 1, condition))) {
            failAt = 4;
            assertThatThrownBy(decoder::prefill).hasMessage("this attention fails");
            failAt = 0;
            assertThat(decoder.cachedTokens()).isZero();
            decoder.prefill();
            assertThat(decoder.cachedTokens()).isEqualTo(GUIDED_PREFIX + 3 + 4 * FRAME);
            assertThat(decoder.view().frames()).hasSize(2).allMatch(FrameView::condition);
            assertThat(decoder.view().frames()).allMatch(frame -> frame.masked().isEmpty());
        }
    }

    @Test
    void aPromptLongerThanABatchRunsInPortions() {
        int[] text = new int[100];
        Arrays.setAll(text, i -> 2 + i % 20);
        Clip clip = new Clip(text, List.of(), 2, 3, 2, 12, 1, SAMPLING);
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, CONFIG, clip)) {
            decoder.prefill();
            assertThat(decoder.view().textTokens()).isEqualTo(105);
            assertThat(frame(decoder, 0)).hasSize(CODES);
        }
    }

    @Test
    void onlyTheFirstFrameChoosesWithNoiseUnlessAskedOtherwise() {
        // Temperature 0 draws without chance, so frames differ between seeds only through the choice.
        SamplingSettings greedy = SAMPLING.withTemperature(0).withChoiceTemperature(50);
        int differing = 0;
        for (long seed = 1; seed <= 5; seed++) {
            int[] second = secondFrame(greedy, seed);
            assertThat(second).containsExactly(secondFrame(greedy, 0));
            boolean same = Arrays.equals(
                    secondFrame(greedy.withChoiceEveryFrame(true), seed),
                    secondFrame(greedy.withChoiceEveryFrame(true), 0));
            differing += same ? 0 : 1;
        }
        assertThat(differing).isPositive();
    }

    /** The second frame after a first one that is given, so that it does not hang on chance itself. */
    private static int[] secondFrame(SamplingSettings sampling, long seed) {
        try (MaskedDecoder decoder = open(sampling, seed)) {
            decoder.begin(0);
            decoder.commit(new int[CODES]);
            return frame(decoder, 1);
        }
    }

    @Test
    void scoresAreLogProbabilitiesAndLeaveTheFrameBegun() {
        try (MaskedDecoder decoder = open(SAMPLING.withGuidance(1), 1)) {
            frame(decoder, 0);
            decoder.begin(1);
            double[] sums = new double[CODES];
            for (int code = 0; code < TinyModel.CODES; code++) {
                int[] given = new int[CODES];
                Arrays.fill(given, code);
                float[] scores = decoder.score(given);
                for (int i = 0; i < CODES; i++) {
                    sums[i] += Math.exp(scores[i]);
                }
            }
            assertThat(Arrays.stream(sums)).allMatch(sum -> Math.abs(sum - 1) < 1e-5);
            assertThat(decoder.commit(new int[CODES])).containsOnly(0);
        }
    }

    @Test
    void aFrameBeyondTheBudgetIsRefusedBeforeAnyWork() {
        CacheBudget budget = CacheBudget.tokens(GUIDED_PREFIX + FRAME);
        try (MaskedDecoder decoder = MaskedDecoder.open(transformer, CONFIG, clip(SAMPLING, 1, List.of()), budget)) {
            decoder.prefill();
            frame(decoder, 0);
            assertThatThrownBy(() -> decoder.begin(1)).isInstanceOf(CacheBudgetExceededException.class);
            assertThat(decoder.cachedTokens()).isEqualTo(GUIDED_PREFIX + 3 + 2 * FRAME);
        }
    }

    @Test
    void plansThinBothBranchesAndGenerationGoesOn() {
        SlidingWindow window = SlidingWindow.defaults().withWindow(1);
        try (MaskedDecoder decoder = open(SAMPLING, 1)) {
            for (int number = 0; number < 6; number++) {
                frame(decoder, number);
                decoder.apply(window.plan(decoder.view(), Budget.unlimited()));
                assertThat(decoder.view().frames()).hasSize(1);
                assertThat(decoder.cachedTokens()).isEqualTo(GUIDED_PREFIX + 3 + 2 * FRAME);
            }
        }
    }

    @Test
    void callsOutOfOrderAreRefused() {
        try (MaskedDecoder decoder = open(SAMPLING, 1)) {
            assertThatThrownBy(() -> decoder.step(0)).hasMessageContaining("no frame is begun");
            assertThatThrownBy(decoder::commit).hasMessageContaining("no frame is begun");
            decoder.begin(0);
            assertThatThrownBy(() -> decoder.begin(1)).hasMessageContaining("a frame is begun");
            assertThatThrownBy(() -> decoder.step(1)).hasMessageContaining("step 0 of 4 is next, not step 1");
            assertThatThrownBy(decoder::commit).hasMessageContaining("only 0 were made");
            assertThatThrownBy(() -> decoder.score(new int[] {1})).hasMessageContaining("has 6 codes, got 1");
            assertThatThrownBy(() -> decoder.score(new int[] {0, 0, 0, 0, 0, 24}))
                    .hasMessageContaining("got 24");
        }
    }

    @Test
    void whatTheModelCannotSayIsRefusedAtOpening() {
        Clip wrong = clip(SAMPLING, 1, List.of(new int[5]));
        assertThatThrownBy(() -> MaskedDecoder.open(transformer, CONFIG, wrong)).hasMessageContaining("got 5");
        Clip number = new Clip(new int[0], List.of(), 2, 3, 2, 1000, 1, SAMPLING);
        assertThatThrownBy(() -> MaskedDecoder.open(transformer, CONFIG, number))
                .hasMessageContaining("1000");
    }

    @Test
    void closingTwiceAndRollingBackAfterwardsDoesNothing() {
        MaskedDecoder decoder = open(SAMPLING, 1);
        decoder.begin(0);
        decoder.close();
        decoder.close();
        decoder.rollback();
        assertThat(decoder.residentBytes()).isZero();
    }
}
