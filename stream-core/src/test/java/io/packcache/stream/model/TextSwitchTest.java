package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.FullCache;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.SlidingWindow;
import io.packcache.stream.frame.PromptMode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another text within a clip: what the frames after it see, against a clip that had the text from its start. */
class TextSwitchTest {

    private static final SamplingSettings SAMPLING = new SamplingSettings(4, 2, 1, 1, 0.5);
    private static final int CODES = 6;
    private static final int[] OLD = {5, 6, 7};
    private static final int[] NEW = {9, 8, 4, 5, 3};

    @TempDir
    private static Path folder;

    private static Backend backend;
    private static final ModelConfig CONFIG = TinyModel.config(32, 2, 1, 1);

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

    private static MaskedDecoder open(int[] text, List<int[]> condition) {
        MaskedDecoder decoder =
                MaskedDecoder.open(transformer, CONFIG, new Clip(text, condition, 2, 3, 2, 12, 1, SAMPLING));
        decoder.prefill();
        return decoder;
    }

    /** Commits the same frames whatever the text, from {@code first} on, compacting after each. */
    private static void give(MaskedDecoder decoder, int first, int count, CompactionPolicy policy) {
        for (int number = first; number < first + count; number++) {
            decoder.begin(number);
            decoder.commit(given(number));
            decoder.apply(policy.plan(decoder.view(), Budget.unlimited()));
        }
    }

    private static int[] given(int number) {
        return new SplittableRandom(number).ints(CODES, 0, TinyModel.CODES).toArray();
    }

    private static int[] frame(MaskedDecoder decoder, long number) {
        decoder.begin(number);
        for (int step = 0; step < decoder.steps(); step++) {
            decoder.step(step);
        }
        return decoder.commit();
    }

    /** The probabilities of a frame say what the decoder sees, more sharply than the codes drawn. */
    private static float[] seen(MaskedDecoder decoder, long number) {
        decoder.begin(number);
        float[] scores = decoder.score(given(99));
        decoder.rollback();
        return scores;
    }

    @Test
    void aHistoryComputedAgainIsThatOfAClipWhichHadTheTextFromItsStart() {
        List<int[]> condition = List.of(given(0), given(1));
        try (MaskedDecoder switched = open(OLD, condition);
                MaskedDecoder always = open(NEW, condition)) {
            give(switched, 2, 3, new FullCache());
            give(always, 2, 3, new FullCache());
            assertThat(seen(switched, 5)).isNotEqualTo(seen(always, 5));
            switched.switchText(NEW, PromptMode.RECACHE);
            assertThat(seen(switched, 5)).containsExactly(seen(always, 5));
            assertThat(switched.cachedTokens()).isEqualTo(always.cachedTokens());
            assertThat(frame(switched, 5)).containsExactly(frame(always, 5));
            assertThat(frame(switched, 6)).containsExactly(frame(always, 6));
        }
    }

    @Test
    void aHistoryThatIsKeptIsExactWhereTheTextIsTheSame() {
        try (MaskedDecoder switched = open(OLD, List.of(given(0)));
                MaskedDecoder undisturbed = open(OLD, List.of(given(0)))) {
            give(switched, 1, 3, new FullCache());
            give(undisturbed, 1, 3, new FullCache());
            switched.switchText(OLD, PromptMode.KEEP);
            assertThat(seen(switched, 4)).containsExactly(seen(undisturbed, 4));
        }
    }

    @Test
    void aHistoryThatIsKeptStandsBehindTheNewTextWithWhatItWasComputedUnderTheOldOne() {
        try (MaskedDecoder kept = open(OLD, List.of());
                MaskedDecoder recached = open(OLD, List.of());
                MaskedDecoder old = open(OLD, List.of())) {
            for (MaskedDecoder decoder : List.of(kept, recached, old)) {
                give(decoder, 0, 4, new FullCache());
            }
            kept.switchText(NEW, PromptMode.KEEP);
            recached.switchText(NEW, PromptMode.RECACHE);
            assertThat(kept.cachedTokens()).isEqualTo(recached.cachedTokens());
            assertThat(seen(kept, 4)).isNotEqualTo(seen(recached, 4)).isNotEqualTo(seen(old, 4));
            // And back: the frames have moved there and back again, exactly.
            kept.switchText(OLD, PromptMode.KEEP);
            float[] expected = seen(old, 4);
            float[] back = seen(kept, 4);
            for (int i = 0; i < expected.length; i++) {
                assertThat(back[i]).isCloseTo(expected[i], within(1e-4f));
            }
        }
    }

    @Test
    void aStateGoneBackToGivesTheSameFramesAgainWhateverCameBetween() {
        for (PromptMode mode : PromptMode.values()) {
            try (MaskedDecoder decoder = open(OLD, List.of(given(0)));
                    MaskedDecoder undisturbed = open(OLD, List.of(given(0)))) {
                give(decoder, 1, 6, PackCache.defaults());
                give(undisturbed, 1, 6, PackCache.defaults());
                DecoderSnapshot state = decoder.snapshot(decoder.snapshot(null));
                for (int again = 0; again < 2; again++) {
                    give(decoder, 7, 2, PackCache.defaults());
                    decoder.switchText(NEW, mode);
                    give(decoder, 9, 3, PackCache.defaults());
                    decoder.restore(state);
                }
                for (int number = 7; number < 10; number++) {
                    assertThat(frame(decoder, number)).containsExactly(frame(undisturbed, number));
                    decoder.apply(PackCache.defaults().plan(decoder.view(), Budget.unlimited()));
                    undisturbed.apply(PackCache.defaults().plan(undisturbed.view(), Budget.unlimited()));
                }
                decoder.switchText(NEW, PromptMode.RECACHE);
            }
        }
    }

    @Test
    void aPackedHistoryKeepsItsTokensAndItsPlacesInTime() {
        for (CompactionPolicy policy :
                List.of(PackCache.defaults(), SlidingWindow.defaults().withWindow(2))) {
            try (MaskedDecoder decoder = open(OLD, List.of(given(0)))) {
                give(decoder, 1, 7, policy);
                CacheView before = decoder.view();
                decoder.switchText(NEW, PromptMode.RECACHE);
                assertThat(decoder.view().frames()).hasSameSizeAs(before.frames());
                for (int i = 0; i < before.frames().size(); i++) {
                    assertThat(decoder.view().frames().get(i))
                            .usingRecursiveComparison()
                            .isEqualTo(before.frames().get(i));
                }
                assertThat(decoder.view().textTokens()).isEqualTo(before.textTokens() + NEW.length - OLD.length);
                give(decoder, 8, 2, policy);
                assertThat(frame(decoder, 10)).hasSize(CODES);
            }
        }
    }

    @Test
    void aCutSeesTheTextAndNothingElse() {
        try (MaskedDecoder switched = open(OLD, List.of(given(0)));
                MaskedDecoder fresh = open(NEW, List.of())) {
            give(switched, 1, 3, new FullCache());
            switched.switchText(NEW, PromptMode.RESET);
            assertThat(switched.view().frames()).isEmpty();
            assertThat(switched.cachedTokens()).isEqualTo(fresh.cachedTokens());
            assertThat(frame(switched, 4)).containsExactly(frame(fresh, 4));
            assertThat(frame(switched, 5)).containsExactly(frame(fresh, 5));
        }
    }

    @Test
    void aSwitchThatFailsAnywhereLeavesNoTrace() {
        for (PromptMode mode : PromptMode.values()) {
            try (MaskedDecoder decoder = open(OLD, List.of());
                    MaskedDecoder undisturbed = open(OLD, List.of())) {
                give(decoder, 0, 3, new FullCache());
                give(undisturbed, 0, 3, new FullCache());
                float[] expected = seen(undisturbed, 3);
                assertThat(seen(decoder, 3)).containsExactly(expected);
                long bytes = decoder.residentBytes();
                // The text alone needs one attention in each branch.
                for (int call = 1; call <= (mode == PromptMode.KEEP ? 1 : 2); call++) {
                    failAt = call;
                    assertThatThrownBy(() -> decoder.switchText(NEW, mode)).hasMessage("this attention fails");
                    failAt = 0;
                    assertThat(decoder.residentBytes()).isEqualTo(bytes);
                    assertThat(seen(decoder, 3)).containsExactly(expected);
                }
            }
        }
    }

    @Test
    void notWhileAFrameIsBegun() {
        try (MaskedDecoder decoder = open(OLD, List.of())) {
            decoder.begin(0);
            assertThatThrownBy(() -> decoder.switchText(NEW, PromptMode.RESET))
                    .hasMessageContaining("a frame is begun");
        }
    }
}
