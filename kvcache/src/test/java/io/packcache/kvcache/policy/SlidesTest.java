package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.Clip;
import io.packcache.kvcache.RecordingBackend;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What must hold for every setting of PackCache while a video slides on through both branches. */
class SlidesTest {

    private static final int SLIDES = 200;
    private static final int CONTENT = Clip.GRID.contentLength();

    @Property(tries = 10)
    void invariantsHoldOverTwoHundredSlides(
            @ForAll("settings") PackCache policy,
            @ForAll @IntRange(min = 0, max = 2) int conditions,
            @ForAll boolean masks,
            @ForAll @IntRange(min = 1, max = 80) int tokens) {
        IntPredicate masked = content -> masks && content % 10 < 7;
        RecordingBackend recording = new RecordingBackend();
        try (Clip guided = new Clip(recording.backend(), 9, CacheBudget.unlimited());
                Clip unguided = new Clip(recording.backend(), 2, CacheBudget.unlimited())) {
            for (int i = 0; i < conditions; i++) {
                guided.condition();
                unguided.condition();
            }
            for (int slide = 0; slide < SLIDES; slide++) {
                CacheView view = guided.frame(masked).cache().view();
                Budget budget = new Budget(slide < SLIDES / 2 ? Long.MAX_VALUE : tokens);
                CompactionPlan plan = policy.plan(view, budget);

                assertThat(policy.plan(view, budget)).isEqualTo(plan);
                assertThat(policy.plan(unguided.frame(masked).cache().view(), budget))
                        .isEqualTo(plan);
                assertHolds(policy, view, plan, budget);
                guided.apply(plan);
                unguided.apply(plan);
                assertThat(unguided.cache().view().frames())
                        .isEqualTo(guided.cache().view().frames());
            }
            assertThat(guided.cache().view().textTokens())
                    .isEqualTo(Math.min(9, policy.anchors().gammaText()));
            guided.assertRowsMatchTable(1e-4);
            unguided.assertRowsMatchTable(1e-4);
        }
    }

    @Test
    void steadyStateReservesNothing() {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), 9, CacheBudget.unlimited()).condition()) {
            slide(clip, 8);
            long resident = clip.cache().residentBytes();
            recording.forget();
            slide(clip, SLIDES);

            assertThat(recording.calls("allocate")).isZero();
            assertThat(clip.cache().residentBytes()).isEqualTo(resident);
            assertThat(clip.cache().nextSlot()).isEqualTo(5);
        }
    }

    @Test
    void tenThousandFramesReserveNothingAndLeaveKeysWhereTheyBelong() {
        RecordingBackend recording = new RecordingBackend();
        try (Clip clip = new Clip(recording.backend(), 9, CacheBudget.unlimited()).condition()) {
            slide(clip, 8);
            long resident = clip.cache().residentBytes();
            int held = clip.cache().size();
            recording.forget();
            slide(clip, 10_000);

            assertThat(recording.calls("allocate")).isZero();
            assertThat(clip.cache().residentBytes()).isEqualTo(resident);
            assertThat(clip.cache().size()).isEqualTo(held);
            assertThat(clip.cache().nextSlot()).isEqualTo(5);
            clip.assertRowsMatchTable(1e-4);
        }
    }

    private static void slide(Clip clip, int count) {
        for (int i = 0; i < count; i++) {
            clip.apply(PackCache.defaults().plan(clip.frames(1).cache().view(), Budget.unlimited()));
        }
    }

    private static void assertHolds(PackCache policy, CacheView view, CompactionPlan plan, Budget budget) {
        int history = 0;
        long kept = 0;
        int nearer = CONTENT;
        for (int i = plan.frames().size() - 1; i >= 0; i--) {
            FramePlan planned = plan.frames().get(i);
            FrameView held = view.frames().stream()
                    .filter(frame -> frame.frame() == planned.frame())
                    .findFirst()
                    .orElseThrow();
            assertThat(isSubset(planned.kept().union(), held.held().union())).isTrue();
            if (held.condition()) {
                assertThat(planned.kept().union().cardinality())
                        .isEqualTo(Math.min(CONTENT, policy.anchors().gammaCondition()));
            } else {
                int count = planned.kept().union().cardinality();
                assertThat(count).isLessThanOrEqualTo(nearer);
                nearer = count;
                kept += count;
                history++;
            }
        }
        assertThat(plan.frames()).hasSize((int) conditions(view) + history);
        assertThat(history)
                .isEqualTo(Math.min(
                        policy.shares().window(), view.historyNewestFirst().size()));
        assertThat(kept).isEqualTo(expected(policy, view, budget));
    }

    /** Fill keeps everything; Pack and Slide keep the budget exactly, or all there is to keep if that is less. */
    private static long expected(PackCache policy, CacheView view, Budget budget) {
        List<FrameView> history = view.historyNewestFirst();
        if (history.size() < policy.shares().window() && view.historyTokens() <= budget.historyTokens()) {
            return view.historyTokens();
        }
        long available = history.stream()
                .limit(policy.shares().window())
                .mapToLong(frame -> frame.held().union().stream()
                        .filter(content ->
                                !policy.choice().dropMasked() || !frame.masked().get(content))
                        .count())
                .sum();
        long own = policy.shares().historyBudget().tokens(view, policy.choice().dropMasked());
        return Math.min(available, Math.min(own, budget.historyTokens()));
    }

    private static long conditions(CacheView view) {
        return view.frames().stream().filter(FrameView::condition).count();
    }

    private static boolean isSubset(BitSet part, BitSet whole) {
        BitSet rest = (BitSet) part.clone();
        rest.andNot(whole);
        return rest.isEmpty();
    }

    @Provide
    Arbitrary<PackCache> settings() {
        Arbitrary<HistoryBudget> budgets = Arbitraries.oneOf(
                Arbitraries.just(new HistoryBudget.Auto()),
                Arbitraries.doubles().between(0.05, 5).map(HistoryBudget.Frames::new),
                Arbitraries.longs().between(1, 100).map(HistoryBudget.Tokens::new));
        Arbitrary<PackCache> packing = Combinators.combine(
                        Arbitraries.doubles().between(0.05, 1),
                        Arbitraries.integers().between(1, 6),
                        budgets,
                        Arbitraries.of(true, false),
                        Arbitraries.doubles().between(0, 1))
                .as((rho, window, budget, newest, floor) -> PackCache.defaults()
                        .withRho(rho)
                        .withWindow(window)
                        .withHistoryBudget(budget)
                        .withShares(shares -> shares.withNewestWhole(newest))
                        .withShares(shares -> shares.withMinimumShare(floor / window * 0.999)));
        return Combinators.combine(
                        packing,
                        Arbitraries.of(PackCache.WHOLE, 1, 4),
                        Arbitraries.of(PackCache.WHOLE, 1, 6),
                        Arbitraries.of(true, false),
                        Arbitraries.of(PositionMode.values()))
                .as((policy, text, condition, drop, positions) -> policy.withAnchors(
                                anchors -> anchors.withGammaText(text))
                        .withAnchors(anchors -> anchors.withGammaCondition(condition))
                        .withChoice(choice -> choice.withDropMasked(drop))
                        .withPositions(positions));
    }
}
