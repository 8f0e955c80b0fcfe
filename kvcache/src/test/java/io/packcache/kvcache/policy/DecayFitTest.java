package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DecayFitTest {

    @Property(tries = 100)
    void attentionThatFallsGeometricallyGivesItsRatioHoweverThinnedTheFramesAre(
            @ForAll @DoubleRange(min = 0.06, max = 1) double rho, @ForAll @IntRange(min = 3, max = 9) int frames) {
        CacheView view = new HandmadeView(new CacheShape(2, 1, 2), rho, 1)
                .ragged(frames, new Random(frames))
                .view();

        assertThat(DecayFit.byLayer(view)[0]).isEqualTo(rho, within(1e-9));
        assertThat(DecayFit.together(view)[1]).isBetween(0.05, 1.0);
    }

    @Test
    void attentionThatRisesOrIsUnknownStaysWithinBounds() {
        assertThat(DecayFit.fit(new double[] {9, 1, 2, 3}, new double[] {1, 1, 1, 1}))
                .isEqualTo(1);
        assertThat(DecayFit.fit(new double[] {9, 1, 1e-9}, new double[] {1, 1, 1}))
                .isEqualTo(0.05);
        assertThat(DecayFit.fit(new double[] {9, 1}, new double[] {1, 1})).isEqualTo(0.5);
        assertThat(DecayFit.fit(new double[] {9, 0, 1, 0}, new double[] {1, 1, 1, 0}))
                .isEqualTo(0.5);
        assertThat(DecayFit.fit(new double[] {}, new double[] {})).isEqualTo(0.5);
    }

    @Test
    void aFittedRhoDividesTheBudgetAndIsDeclared() {
        PackCache fitted = PackCache.defaults().withShares(shares -> shares.withRho(Decay.FIT));
        CacheView steep =
                new HandmadeView(new CacheShape(1, 1, 2), 0.1, 1).frames(4).view();
        CacheView flat =
                new HandmadeView(new CacheShape(1, 1, 2), 1, 1).frames(4).view();

        assertThat(fitted.signals()).containsExactly(Signal.MASS_BY_DISTANCE);
        assertThat(counts(fitted, steep, 0)).containsExactly(1, 1, 13, 15);
        assertThat(counts(fitted, flat, 0)).containsExactly(5, 5, 5, 15);
    }

    @Test
    void fittedByLayerEachLayerDividesTheSameBudgetItsOwnWay() {
        PackCache fitted = PackCache.defaults().withShares(shares -> shares.withRho(Decay.FIT_BY_LAYER));
        CacheView view = new HandmadeView(new CacheShape(2, 2, 2), 1, 1)
                .frames(4)
                .view()
                .withSignals(new Signals() {
                    @Override
                    public double[] massByDistance(int layer) {
                        return layer == 0 ? new double[] {1, 1, 1, 1} : new double[] {1, 1, 0.1, 0.01};
                    }
                });

        assertThat(counts(fitted, view, 0)).containsExactly(5, 5, 5, 15);
        assertThat(counts(fitted, view, 1)).containsExactly(1, 1, 13, 15);
    }

    @Test
    void reachByLayerGivesDeeperLayersFewerFramesAndAsManyTokens() {
        PackCache reaching = PackCache.defaults().withShares(shares -> shares.withLayerWindows(List.of(4, 2)));
        CacheView view =
                new HandmadeView(new CacheShape(4, 1, 2), 1, 1).frames(5).view();

        assertThat(counts(reaching, view, 0)).containsExactly(4, 4, 7, 15);
        assertThat(counts(reaching, view, 1)).containsExactly(4, 4, 7, 15);
        assertThat(counts(reaching, view, 2)).containsExactly(0, 0, 15, 15);
        assertThat(counts(reaching, view, 3)).containsExactly(0, 0, 15, 15);
    }

    @Test
    void refinedByHeadEveryHeadTakesItsOwnTokensOfTheSameShares() {
        PackCache refined = PackCache.defaults()
                .withWithinFrame(WithinFrame.by(ObservedAttention.defaults()))
                .withChoice(choice -> choice.withRefine(Refine.HEAD));
        CacheView view = new HandmadeView(3).frames(4).view();
        FramePlan oldest = refined.plan(view, Budget.unlimited()).frames().get(0);

        assertThat(oldest.kept().at(0, 0)).isNotEqualTo(oldest.kept().at(0, 1));
        assertThat(oldest.kept().at(0, 0).cardinality())
                .isEqualTo(oldest.kept().at(2, 1).cardinality());
        assertThat(refined.withChoice(choice -> choice.withRefine(Refine.NONE))
                        .plan(view, Budget.unlimited())
                        .frames()
                        .get(0)
                        .kept()
                        .uniform())
                .isTrue();
    }

    private static int[] counts(PackCache policy, CacheView view, int layer) {
        return policy.plan(view, Budget.unlimited()).frames().stream()
                .mapToInt(frame -> frame.kept().at(layer, 0).cardinality())
                .toArray();
    }

    @Test
    void whatIsNotStratifiedKeepsTheHighestOfTheWholeFrame() {
        PackCache plain = PackCache.defaults()
                .withWithinFrame(WithinFrame.SCORED)
                .withChoice(choice -> choice.withStratified(false));
        HandmadeView handmade = new HandmadeView(new CacheShape(1, 1, 2), 1, 1).frames(4);
        for (int place = 0; place < HandmadeView.CONTENT; place++) {
            handmade.tell("value", 0, 0, 0, place, place < 4 ? 9 : 1, 0);
        }

        FramePlan oldest =
                plain.plan(handmade.view(), Budget.unlimited()).frames().get(0);

        assertThat(oldest.kept().union().stream().toArray()).isEqualTo(Arrays.copyOf(new int[] {0, 1, 2, 3}, 4));
    }
}
