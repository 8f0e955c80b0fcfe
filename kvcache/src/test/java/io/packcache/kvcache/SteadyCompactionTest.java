package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.vector.VectorBackend;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.PositionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Once frames come and go, PackCache's plan is all that a compaction makes: carrying it out allocates nothing. */
class SteadyCompactionTest {

    @ParameterizedTest
    @EnumSource(PositionMode.class)
    void applyingPlanAfterPlanInBothBranchesAllocatesNothing(PositionMode positions) throws Exception {
        assertThat(Garbage.run(Slides.class, positions.name())).isEqualTo(Garbage.NONE);
    }

    /** A stream without end in two branches. */
    static final class Slides {

        private static long frames;

        private Slides() {}

        public static void main(String[] arguments) {
            PackCache policy = PackCache.defaults().withPositions(PositionMode.valueOf(arguments[0]));
            try (Backend backend = new VectorBackend(2);
                    KvCache guided = cache(backend);
                    KvCache unguided = cache(backend)) {
                Garbage.print(meter -> {
                    append(guided, 7);
                    append(unguided, 3);
                    frames++;
                    CompactionPlan plan = policy.plan(guided.view(), Budget.unlimited());
                    long before = meter.bytes();
                    guided.apply(plan);
                    unguided.apply(plan);
                    return meter.bytes() - before;
                });
            }
        }

        private static KvCache cache(Backend backend) {
            return new KvCache(backend, Clip.SHAPE, Clip.GRID, Clip.POSITIONS, CacheBudget.unlimited());
        }

        private static void append(KvCache cache, int prefix) {
            cache.stage(Clip.tokens(prefix, frames, cache.nextSlot(), false, content -> content % 2 == 1));
            cache.commit();
        }
    }
}
