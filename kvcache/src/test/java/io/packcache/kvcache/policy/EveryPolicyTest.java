package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signals;
import io.packcache.kvcache.plan.Token;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What must hold for every policy, whatever the cache holds, even what another policy left behind. */
class EveryPolicyTest {

    @Property(tries = 200)
    void plansKeepAnchorsAndBudgetsAndNameOnlyWhatIsHeld(
            @ForAll("policies") CompactionPolicy policy,
            @ForAll @IntRange(min = 1, max = 40) int tokens,
            @ForAll @IntRange(min = 0, max = 9) int older,
            @ForAll boolean ragged,
            @ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
        CacheView view = view(older, ragged, seed);
        Budget budget = new Budget(policy instanceof FullCache ? Long.MAX_VALUE : tokens);

        CompactionPlan plan = policy.plan(view, budget);

        assertThat(policy.plan(view, budget))
                .as("the same plan for the same view")
                .usingRecursiveComparison()
                .isEqualTo(plan);
        assertNamesWhatIsHeld(view, plan);
        assertAnchorsStay(view, plan);
        assertFolds(view, plan);
        assertThat(entries(view, plan)).isLessThanOrEqualTo(entriesAllowed(budget, view.shape()));
    }

    @Property(tries = 60)
    void withRoomForAllNothingWithinReachLeaves(
            @ForAll("policies") CompactionPolicy policy, @ForAll @IntRange(min = 0, max = 1000) int seed) {
        CacheView view = new HandmadeView(seed).frame(true).frames(1).view();

        CompactionPlan plan = policy.plan(view, Budget.unlimited());

        assertThat(plan.frames()).extracting(FramePlan::frame).containsExactly(0L, 1L);
        assertThat(plan.frames())
                .allSatisfy(frame -> assertThat(frame.kept().union()).isEqualTo(HandmadeView.all()));
    }

    @Property(tries = 60)
    void theNewestFrameStaysWholeWhereThatIsPromised(
            @ForAll("policies") CompactionPolicy policy,
            @ForAll @IntRange(min = 15, max = 60) int tokens,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        CacheView view = new HandmadeView(seed).frame(true).frames(6).view();
        Budget budget = policy instanceof FullCache ? Budget.unlimited() : new Budget(tokens);

        CompactionPlan plan = policy.plan(view, budget);

        FramePlan newest = plan.frames().get(plan.frames().size() - 1);
        assertThat(newest.frame()).isEqualTo(6);
        assertThat(newest.kept().entries(view.shape()))
                .isEqualTo((long) HandmadeView.CONTENT * view.shape().cells());
    }

    /** A condition, some older frames, and a newest one that was just committed, whole. */
    static CacheView view(int older, boolean ragged, int seed) {
        HandmadeView handmade = new HandmadeView(seed).frame(true);
        return (ragged ? handmade.ragged(older, new Random(seed)) : handmade.frames(older))
                .frame(false)
                .view();
    }

    static long entriesAllowed(Budget budget, CacheShape shape) {
        return budget.historyTokens() == Long.MAX_VALUE ? Long.MAX_VALUE : budget.historyTokens() * shape.cells();
    }

    private static void assertNamesWhatIsHeld(CacheView view, CompactionPlan plan) {
        Map<Long, FrameView> held =
                view.frames().stream().collect(Collectors.toMap(FrameView::frame, Function.identity()));
        long slot = -1;
        for (FramePlan planned : plan.frames()) {
            assertThat(planned.kept().isWithin(held.get(planned.frame()).held(), view.shape()))
                    .as("frame %d keeps only what it holds", planned.frame())
                    .isTrue();
            assertThat(planned.slot()).isGreaterThan(slot);
            slot = planned.slot();
        }
        assertThat(plan.nextSlot()).isGreaterThan(slot);
    }

    private static void assertAnchorsStay(CacheView view, CompactionPlan plan) {
        assertThat(plan.textQuota()).isGreaterThanOrEqualTo(1);
        assertThat(plan.frames().get(0).frame()).isZero();
        assertThat(plan.frames().get(0).kept()).isEqualTo(view.frames().get(0).held());
    }

    private static void assertFolds(CacheView view, CompactionPlan plan) {
        Map<Long, FramePlan> planned =
                plan.frames().stream().collect(Collectors.toMap(FramePlan::frame, Function.identity()));
        Set<List<Object>> folded = new HashSet<>();
        for (FramePlan frame : plan.frames()) {
            for (Fold fold : frame.folds()) {
                assertThat(keeps(planned, fold, fold.into()))
                        .as("%s stays", fold.into())
                        .isTrue();
                assertThat(fold.into().frame()).isEqualTo(frame.frame());
                for (Token from : fold.from()) {
                    BitSet held = view.frames().get((int) from.frame()).held().at(fold.layer(), fold.head());
                    assertThat(held.get(from.place())).as("%s was held", from).isTrue();
                    assertThat(keeps(planned, fold, from)).as("%s leaves", from).isFalse();
                    assertThat(folded.add(List.of(fold.layer(), fold.head(), from)))
                            .as("%s folds once", from)
                            .isTrue();
                }
            }
        }
    }

    private static boolean keeps(Map<Long, FramePlan> planned, Fold fold, Token token) {
        FramePlan frame = planned.get(token.frame());
        return frame != null && frame.kept().at(fold.layer(), fold.head()).get(token.place());
    }

    static long entries(CacheView view, CompactionPlan plan) {
        return plan.frames().stream()
                .filter(frame -> frame.frame() > 0)
                .mapToLong(frame -> frame.kept().entries(view.shape()))
                .sum();
    }

    @Provide
    Arbitrary<CompactionPolicy> policies() {
        return Arbitraries.of(all());
    }

    /** Every preset, and combinations of them. */
    static List<CompactionPolicy> all() {
        List<CompactionPolicy> all =
                PolicyPresets.names().stream().map(PolicyPresets::of).collect(Collectors.toCollection(ArrayList::new));
        PackCache pack = PackCache.defaults();
        all.add(PolicyPresets.of("packcache+observed"));
        all.add(pack.withWithinFrame(WithinFrame.by(GuiKv.defaults()))
                .withChoice(choice -> choice.withStratified(false).withRefine(Refine.HEAD)));
        all.add(pack.withWithinFrame(WithinFrame.SCORED).withChoice(choice -> choice.withRefine(Refine.LAYER)));
        all.add(pack.withShares(shares -> shares.withRho(Decay.FIT_BY_LAYER).withLayerWindows(List.of(4, 2))));
        all.add(ReKv.defaults().withRefine(Refine.LAYER));
        all.add(FlowCache.defaults().withGranularity(Granularity.FRAME));
        all.add(FlowCache.defaults().withGranularity(Granularity.CHUNK));
        all.add(new AdaKv(CriticalKv.defaults().withBase(Cake.defaults()), 0.3));
        all.add(CriticalKv.defaults().withBase(new AdaKv(D2o.defaults(), 0)));
        return all;
    }

    /** Whether a policy asks for no more than it declares. */
    @Property(tries = 60)
    void policiesReadOnlyTheSignalsTheyDeclare(@ForAll("policies") CompactionPolicy policy) {
        HandmadeView handmade = new HandmadeView(3).frame(true).frames(7);
        Signals only = DeclaredOnly.of(handmade, policy.signals());

        policy.plan(handmade.view().withSignals(only), Budget.unlimited());
    }
}
