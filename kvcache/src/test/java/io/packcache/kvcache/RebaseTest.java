package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.position.LinearRope;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.kvcache.position.Rotator;
import io.packcache.kvcache.position.SectionedRope;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys of a cache that was thinned and moved are those of tokens pruned first and rotated afterwards. */
class RebaseTest {

    private static final FrameGrid GRID = Clip.GRID;
    private static final int SIZE = 32;
    private static final CacheShape SHAPE = new CacheShape(1, 1, SIZE);
    private static final List<RotaryScheme> SCHEMES =
            List.of(new MmRope(SIZE, 10_000), new LinearRope(SIZE, 10_000, 1), new SectionedRope(10_000, 4, 6, 6));

    private final Map<TokenName, float[]> raw = new HashMap<>();

    private record TokenName(TokenRole role, long frame, int place) {}

    static List<String> backends() {
        return Backends.names()
                .subList(Backends.refusals().size(), Backends.names().size());
    }

    @Property(tries = 60)
    void pruningAndMovingIsPruningThenRotating(
            @ForAll @IntRange(min = 0, max = 2) int scheme, @ForAll long seed, @ForAll boolean encodes) {
        Random random = new Random(seed);
        try (Backend backend = Backends.of("plain");
                KvCache cache = cache(backend, SCHEMES.get(scheme))) {
            for (int step = 0; step < 20; step++) {
                if (step < 3 || random.nextBoolean()) {
                    frame(cache, step, random);
                }
                cache.apply(random(cache, random, encodes));
                assertFresh(cache, 1e-4);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void tenThousandMovesLeaveKeysWithinATenThousandthOfAFreshRotationInEveryScheme(String name) {
        for (RotaryScheme scheme : SCHEMES) {
            for (Encoding encoding : List.of(Encoding.RAW, Encoding.of(new Verbatim("verbatim")))) {
                Random random = new Random(1);
                try (Backend backend = Backends.of(name);
                        KvCache cache = cache(backend, scheme)) {
                    frame(cache, 0, random);
                    for (int move = 0; move < 10_000; move++) {
                        long slot = random.nextInt(60);
                        BitSet held = cache.view().frames().get(0).held().union();
                        FramePlan frame = new FramePlan(0, slot, held).withEncoding(encoding);
                        cache.apply(new CompactionPlan(9, List.of(frame), slot + 1));
                    }
                    assertFresh(cache, 1e-4);
                }
            }
        }
    }

    @Test
    void sectionsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new SectionedRope(10_000, 0, 1, 1)).hasMessageContaining("at least 1 pair, got 0");
        assertThatThrownBy(() -> new SectionedRope(-1, 1, 1, 1)).hasMessageContaining("positive theta, got -1.0");
        double[] angles = new double[3];
        new SectionedRope(8, 1, 1, 1).angles(new TokenPosition(true, 9, 2, 4, 8), angles);
        assertThat(angles)
                .containsExactly(
                        2,
                        4 * (double) (1f / (float) Math.pow(8, 1f / 3)),
                        8 * (double) (1f / (float) Math.pow(8, 2f / 3)));
    }

    private static KvCache cache(Backend backend, RotaryScheme scheme) {
        Positions positions = new Positions(scheme, PositionStride.of(GRID));
        return new KvCache(backend, SHAPE, GRID, positions, CacheBudget.unlimited());
    }

    private void frame(KvCache cache, long frame, Random random) {
        List<TokenInfo> tokens = Clip.tokens(0, frame, cache.nextSlot(), false, content -> false);
        int first = cache.stage(tokens);
        Rotator rotator = new Rotator(cache.positions().scheme());
        for (int i = 0; i < tokens.size(); i++) {
            float[] key = new float[SIZE];
            for (int channel = 0; channel < SIZE; channel++) {
                key[channel] = (float) random.nextGaussian();
            }
            raw.put(name(cache.table(), first + i), key.clone());
            rotator.rotate(key, 0, tokens.get(i).position());
            Cell cell = cache.storage().cell(0, 0);
            cell.keys.write(cell.layout.rowAtOrAfter(first + i), key, 0, 1);
        }
        cache.commit();
    }

    private static CompactionPlan random(KvCache cache, Random random, boolean encodes) {
        List<FramePlan> plans = new ArrayList<>();
        long slot = random.nextInt(3);
        for (FrameView frame : cache.view().frames()) {
            if (random.nextInt(5) > 0) {
                BitSet kept = new BitSet();
                frame.held().union().stream()
                        .filter(place -> random.nextInt(6) > 0)
                        .forEach(kept::set);
                boolean encode = encodes && random.nextInt(4) == 0;
                plans.add(new FramePlan(frame.frame(), slot, kept)
                        .withEncoding(encode ? Encoding.of(new Verbatim("verbatim")) : Encoding.RAW));
                slot += 1 + random.nextInt(2);
            }
        }
        return new CompactionPlan(1, plans, slot);
    }

    private void assertFresh(KvCache cache, double tolerance) {
        Storage storage = cache.storage();
        Rotator rotator = new Rotator(cache.positions().scheme());
        for (FrameView frame : cache.view().frames()) {
            int first = storage.table.firstOf(frame.frame(), storage.tokens);
            int end = storage.table.firstOf(frame.frame() + 1, storage.tokens);
            CellFrame held = new CellFrame(storage, 0, first, end);
            float[] keys = held.keys();
            for (int i = 0; i < held.size(); i++) {
                float[] expected = raw.get(name(storage.table, held.token(i))).clone();
                rotator.rotate(expected, 0, storage.table.position(held.token(i)));
                for (int channel = 0; channel < SIZE; channel++) {
                    double difference = Math.abs(keys[i * SIZE + channel] - expected[channel]);
                    assertThat(difference).isLessThanOrEqualTo(tolerance);
                }
            }
        }
    }

    private static TokenName name(TokenTable table, int token) {
        return new TokenName(table.role(token), table.frame(token), table.place(token));
    }
}
