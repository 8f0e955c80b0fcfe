package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.FrameGrid;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EvenCoverTest {

    @Test
    void halfOfASquareIsACheckerboard() {
        FrameGrid square = new FrameGrid(8, 7, 3, 1);
        BitSet half = EvenCover.thin(square, all(square), 32);

        assertThat(half.stream().map(content -> (content / 8 + content % 8) % 2).distinct())
                .hasSize(1);
    }

    @Test
    void everyPatchKeepsItsPart() {
        FrameGrid square = new FrameGrid(16, 15, 3, 1);
        BitSet quarter = EvenCover.thin(square, all(square), 64);
        BitSet sixteenth = EvenCover.thin(square, quarter, 16);

        assertThat(perPatch(quarter, 16, 2)).containsOnly(1);
        assertThat(perPatch(sixteenth, 16, 4)).containsOnly(1);
    }

    @Test
    void aFrameOfOddSizeIsCoveredWithoutHoles() {
        FrameGrid lumos = new FrameGrid(48, 84, 3, 1);
        BitSet eighth = EvenCover.thin(lumos, all(lumos), lumos.contentLength() / 8);
        int farthest = IntStream.range(0, lumos.contentLength())
                .map(content -> nearest(eighth, content, 85))
                .max()
                .orElseThrow();

        assertThat(farthest).isLessThanOrEqualTo(5);
    }

    @Property(tries = 300)
    void thinningKeepsExactlyTheCountAndOnlyWhatIsHeld(
            @ForAll @IntRange(min = 1, max = 20) int rows,
            @ForAll @IntRange(min = 1, max = 20) int columns,
            @ForAll @IntRange(min = 0, max = 420) int count,
            @ForAll long seed) {
        FrameGrid grid = new FrameGrid(rows, columns, 0, 0);
        Random random = new Random(seed);
        BitSet held = all(grid);
        held.stream().filter(content -> random.nextInt(3) == 0).boxed().toList().forEach(held::clear);
        BitSet before = (BitSet) held.clone();

        BitSet kept = EvenCover.thin(grid, held, count);

        assertThat(held).isEqualTo(before);
        assertThat(kept.cardinality()).isEqualTo(Math.min(count, held.cardinality()));
        assertThat(EvenCover.thin(grid, held, count)).isEqualTo(kept);
        kept.andNot(held);
        assertThat(kept.isEmpty()).isTrue();
    }

    private static BitSet all(FrameGrid grid) {
        BitSet all = new BitSet();
        all.set(0, grid.contentLength());
        return all;
    }

    private static int[] perPatch(BitSet kept, int width, int patch) {
        int[] counts = new int[width / patch * (width / patch)];
        kept.stream().forEach(content -> counts[content / width / patch * (width / patch) + content % width / patch]++);
        return counts;
    }

    private static int nearest(BitSet kept, int content, int width) {
        return kept.stream()
                .map(other ->
                        Math.max(Math.abs(other / width - content / width), Math.abs(other % width - content % width)))
                .min()
                .orElseThrow();
    }
}
