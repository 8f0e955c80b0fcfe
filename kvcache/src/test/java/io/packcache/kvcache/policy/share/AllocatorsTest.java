package io.packcache.kvcache.policy.share;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.policy.HandmadeView;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.ProbeAttention;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AllocatorsTest {

    @Property(tries = 200)
    void everyDivisionIsExactWithinCapsAndRepeats(
            @ForAll("allocators") Allocator allocator,
            @ForAll @IntRange(min = 0, max = 500) int total,
            @ForAll @IntRange(min = 0, max = 9) int seed) {
        CacheView view =
                new HandmadeView(seed).ragged(5, new Random(seed)).frame(false).view();
        List<Contest> contests = contests(view);
        int[] caps = Quotas.caps(contests);

        int[] quotas = allocator.quotas(contests, total);

        assertThat(Arrays.stream(quotas).sum())
                .isEqualTo(Math.min(total, Arrays.stream(caps).sum()));
        for (int i = 0; i < caps.length; i++) {
            assertThat(quotas[i]).isBetween(0, caps[i]);
        }
        assertThat(allocator.quotas(contests, total)).containsExactly(quotas);
    }

    @Provide
    Arbitrary<Allocator> allocators() {
        return Arbitraries.of(
                Allocator.EVEN,
                new LinearByLayer(20),
                new HeadPool(Allocator.EVEN, 0.2),
                new HeadPool(new LinearByLayer(3), 0),
                new CompositeRanks(),
                new LayerPreference(1, 1),
                new AttentionDensity());
    }

    @Test
    void pyramidFallsFromTwiceTheMeanToATwentieth() {
        // Mean 20 in four layers of one head, beta 20: last 1, first 39, steps of 38 / 3.
        List<Contest> contests = contests(
                new HandmadeView(new CacheShape(4, 1, 4), 1, 1).frames(4).view());

        assertThat(new LinearByLayer(20).quotas(contests, 80)).containsExactly(39, 26, 14, 1);
    }

    @Test
    void surplusOfFullCellsGoesToTheOthersByWeight() {
        assertThat(Quotas.divide(100, new double[] {6, 3, 1}, new int[] {30, 100, 100}))
                .containsExactly(30, 53, 17);
        assertThat(Quotas.divide(10, new double[] {1, 0, 0}, new int[] {4, 9, 9}))
                .containsExactly(4, 3, 3);
        assertThat(Quotas.divide(99, new double[] {1, 1}, new int[] {4, 5})).containsExactly(4, 5);
    }

    @Test
    void pooledHeadsTakeTheHighestScoresOfTheLayerBeyondTheirFloor() {
        List<Contest> contests = handmade(new float[] {9, 8, 7, 6, 5}, new float[] {1, 2, 3, 0.5f, 0.1f});

        assertThat(new HeadPool(Allocator.EVEN, 0).quotas(contests, 6)).containsExactly(5, 1);
        assertThat(new HeadPool(Allocator.EVEN, 0.7).quotas(contests, 6)).containsExactly(4, 2);
        assertThat(new HeadPool(Allocator.EVEN, 1).quotas(contests, 6)).containsExactly(3, 3);
    }

    @Test
    void slotsOfLayersCompeteByTheMeanOfTheirHeads() {
        // Composite slots: layer 0 by the rule at least as much as any, (5, 4, 3); layer 1 (5, 4, 3) by its own heads.
        List<Contest> contests = handmadeLayers(
                new float[][] {{1, 1, 1}, {1, 1, 1}},
                new float[][] {{6, 4, 2}, {4, 4, 4}},
                new float[][] {{9, 0, 0}, {9, 0, 0}});

        assertThat(new CompositeRanks().quotas(contests, 8)).containsExactly(2, 2, 1, 1, 1, 1);
    }

    private static List<Contest> contests(CacheView view) {
        return Cell.all(view, view.frames(), 1, 10).stream()
                .map(cell -> Contest.of(
                        cell,
                        IntStream.range(0, cell.contested()).toArray(),
                        ProbeAttention.mean(1).scores(cell)))
                .toList();
    }

    private static List<Contest> handmade(float[]... heads) {
        return handmadeLayers(heads);
    }

    private static List<Contest> handmadeLayers(float[][]... layers) {
        CacheView view = new HandmadeView(new CacheShape(layers.length, layers[0].length, 4), 1, 1)
                .frames(2)
                .view();
        List<Contest> contests = new ArrayList<>();
        for (Cell cell : Cell.all(view, view.frames(), 1, 10)) {
            float[] scores = layers[cell.layer()][cell.head()];
            contests.add(new Contest(cell, IntStream.range(0, scores.length).toArray(), scores));
        }
        return contests;
    }
}
