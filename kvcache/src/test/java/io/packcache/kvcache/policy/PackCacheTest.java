package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PackCacheTest {

    private static final FrameGrid GRID = new FrameGrid(8, 9, 3, 1);
    private static final CacheShape SHAPE = new CacheShape(1, 1, 2);
    private static final int CONTENT = 80;
    private static final long BYTES_PER_TOKEN = 10;
    private static final PackCache DEFAULTS = PackCache.defaults();

    @Test
    void fillKeepsEverythingBelowTheWindow() {
        CacheView view = view(condition(0), frame(1, 0.7), frame(2, 0.7), frame(3, 0.7));

        assertThat(kept(DEFAULTS, view)).containsExactly(80, 80, 80, 80);
    }

    @Test
    void packThinsOlderFramesBySharesAndKeepsTheNewestWhole() {
        CacheView view = view(frame(0, 0), frame(1, 0), frame(2, 0), frame(3, 0));

        assertThat(kept(DEFAULTS, view)).containsExactly(20, 20, 40, 80);
        assertThat(kept(DEFAULTS.withShares(shares -> shares.withNewestWhole(false)), view))
                .containsExactly(20, 20, 40, 80);
        assertThat(kept(
                        DEFAULTS.withShares(shares -> shares.withNewestWhole(false))
                                .withHistoryBudget(new HistoryBudget.Frames(1)),
                        view))
                .containsExactly(10, 10, 20, 40);
    }

    @Test
    void aBudgetInBytesIsWorthItsWholeTokens() {
        CacheView view = view(frame(0, 0), frame(1, 0), frame(2, 0), frame(3, 0));

        assertThat(kept(DEFAULTS.withHistoryBudget(new HistoryBudget.Bytes(1609)), view))
                .containsExactlyElementsOf(kept(DEFAULTS.withHistoryBudget(new HistoryBudget.Tokens(160)), view)
                        .toList());
        assertThat(kept(DEFAULTS.withHistoryBudget(new HistoryBudget.Bytes(1)), view))
                .containsExactly(0, 0, 0, 1);
    }

    @Test
    void scoredKeepsTheLongestValuesOfEachPatch() {
        float[] norms = new float[CONTENT];
        norms[7] = 3;
        norms[42] = 2;
        Signals signals = new Signals() {
            @Override
            public float[] valueNorms(int layer, int head, long frame) {
                return frame == 0 ? norms : new float[CONTENT];
            }
        };
        CacheView view =
                view(frame(0, 0), frame(1, 0), frame(2, 0), frame(3, 0)).withSignals(signals);
        PackCache scored = DEFAULTS.withWithinFrame(WithinFrame.SCORED);

        BitSet kept =
                scored.plan(view, Budget.unlimited()).frames().get(0).kept().union();

        assertThat(scored.signals()).containsExactly(Signal.VALUE_NORM);
        assertThat(DEFAULTS.signals()).isEmpty();
        assertThat(kept.get(7)).isTrue();
        assertThat(kept.get(42)).isTrue();
        assertThat(kept(scored, view))
                .containsExactlyElementsOf(kept(DEFAULTS, view).toList());
    }

    @Test
    void maskedEntriesLeaveBeforeSharesAndTheBudgetIsOneFrame() {
        CacheView view = view(frame(0, 0.6), frame(1, 0.6), frame(2, 0.6), frame(3, 0.6));
        CompactionPlan plan = DEFAULTS.plan(view, Budget.unlimited());

        assertThat(kept(plan)).containsExactly(12, 12, 24, 32);
        for (int i = 0; i < 4; i++) {
            assertThat(plan.frames()
                            .get(i)
                            .kept()
                            .union()
                            .intersects(view.frames().get(i).masked()))
                    .isFalse();
        }
        assertThat(kept(DEFAULTS.withChoice(choice -> choice.withDropMasked(false)), view))
                .containsExactly(20, 20, 40, 80);
    }

    @Test
    void slideDropsTheOldestAndClosesTheGap() {
        CacheView view = view(condition(0), frame(1, 0), frame(2, 0), frame(3, 0), frame(4, 0), frame(5, 0));
        CompactionPlan rebased = DEFAULTS.plan(view, Budget.unlimited());
        CompactionPlan original = DEFAULTS.withPositions(PositionMode.KEEP).plan(view, Budget.unlimited());

        assertThat(rebased.frames()).extracting(FramePlan::frame).containsExactly(0L, 2L, 3L, 4L, 5L);
        assertThat(rebased.frames()).extracting(FramePlan::slot).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(rebased.nextSlot()).isEqualTo(5);
        assertThat(original.frames()).extracting(FramePlan::slot).containsExactly(0L, 2L, 3L, 4L, 5L);
        assertThat(original.nextSlot()).isEqualTo(6);
        assertThat(kept(rebased)).containsExactly(80, 20, 20, 40, 80);
    }

    @Test
    void conditionIsThinnedToItsQuotaAndNeverToZero() {
        CacheView view = view(condition(0), frame(1, 0));

        assertThat(kept(DEFAULTS.withAnchors(anchors -> anchors.withGammaCondition(20)), view))
                .containsExactly(20, 80);
        assertThat(kept(DEFAULTS.withAnchors(anchors -> anchors.withGammaCondition(1)), view))
                .containsExactly(1, 80);
        assertThat(DEFAULTS.withAnchors(anchors -> anchors.withGammaText(7))
                        .plan(view, Budget.unlimited())
                        .textQuota())
                .isEqualTo(7);
    }

    @Test
    void aTighterBudgetPacksEarlierAndSmaller() {
        CacheView view = view(condition(0), frame(1, 0), frame(2, 0));

        assertThat(kept(DEFAULTS.plan(view, new Budget(100)))).containsExactly(80, 20, 80);
        assertThat(kept(DEFAULTS.plan(view, new Budget(30)))).containsExactly(80, 0, 30);
        assertThat(kept(DEFAULTS.withShares(shares -> shares.withNewestWhole(false))
                        .plan(view, new Budget(3))))
                .containsExactly(80, 1, 2);
    }

    @Test
    void windowOfOneKeepsTheNewestFrame() {
        CacheView view = view(frame(0, 0), frame(1, 0));

        assertThat(kept(DEFAULTS.withWindow(1), view)).containsExactly(80);
        assertThat(kept(DEFAULTS.withWindow(1).withShares(shares -> shares.withNewestWhole(false)), view))
                .containsExactly(80);
    }

    @Test
    void settingsOutOfRangeAreRefusedWithValueAndRange() {
        assertRefused(() -> DEFAULTS.withRho(0), "rho must be above 0 and at most 1, got 0.0");
        assertRefused(() -> DEFAULTS.withRho(Double.NaN), "rho must be above 0 and at most 1, got NaN");
        assertRefused(() -> DEFAULTS.withWindow(0), "window must be at least 1 frame, got 0");
        assertRefused(
                () -> DEFAULTS.withShares(shares -> shares.withMinimumShare(0.3)),
                "minimumShare must be from 0 to 1 / window (window is 4), got 0.3");
        assertRefused(
                () -> DEFAULTS.withAnchors(anchors -> anchors.withGammaText(0)),
                "gammaText must be at least 1 token, got 0");
        assertRefused(
                () -> DEFAULTS.withAnchors(anchors -> anchors.withGammaCondition(-1)),
                "gammaCondition must be at least 1 token, got -1");
        assertRefused(() -> new HistoryBudget.Frames(0), "historyBudget must be above 0 frames, got 0.0");
        assertRefused(() -> new HistoryBudget.Tokens(0), "historyBudget must be at least 1 token, got 0");
        assertRefused(() -> new HistoryBudget.Bytes(0), "historyBudget must be at least 1 byte, got 0");
        assertRefused(() -> new SlidingWindow(0, PositionMode.KEEP), "window must be at least 1 frame, got 0");
    }

    @Test
    void slidingWindowKeepsTheNewestFramesWhole() {
        CacheView view = view(condition(0), frame(1, 0.5), frame(2, 0.5), frame(3, 0.5));
        SlidingWindow window = SlidingWindow.defaults().withWindow(2);

        assertThat(kept(window, view)).containsExactly(80, 80, 80);
        assertThat(window.plan(view, Budget.unlimited()).nextSlot()).isEqualTo(3);
        assertThat(window.withPositions(PositionMode.KEEP)
                        .plan(view, Budget.unlimited())
                        .nextSlot())
                .isEqualTo(4);
        assertThat(kept(window.plan(view, new Budget(159)))).containsExactly(80, 80);
        assertThat(kept(window.plan(view, new Budget(10)))).containsExactly(80, 10);
    }

    @Test
    void fullCacheKeepsAllAndRefusesABudgetItCannotMeet() {
        CacheView view = view(condition(0), frame(1, 0.5), frame(2, 0.5));

        assertThat(kept(new FullCache(), view)).containsExactly(80, 80, 80);
        assertRefused(
                () -> new FullCache().plan(view, new Budget(159)),
                "the full cache keeps all 160 history tokens, over the budget of 159; choose packcache or window");
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static CacheView view(FrameView... frames) {
        return new CacheView(GRID, SHAPE, 12, List.of(frames), BYTES_PER_TOKEN);
    }

    private static FrameView condition(long number) {
        return new FrameView(number, number, true, all(), new BitSet());
    }

    private static FrameView frame(long number, double maskedShare) {
        BitSet masked = new BitSet();
        int count = (int) Math.round(maskedShare * CONTENT);
        IntStream.range(0, count).forEach(i -> masked.set(i * CONTENT / count));
        return new FrameView(number, number, false, all(), masked);
    }

    private static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, CONTENT);
        return all;
    }

    private static Stream<Integer> kept(CompactionPolicy policy, CacheView view) {
        return kept(policy.plan(view, Budget.unlimited()));
    }

    private static Stream<Integer> kept(CompactionPlan plan) {
        return plan.frames().stream().map(frame -> frame.kept().union().cardinality());
    }
}
