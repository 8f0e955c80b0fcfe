package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.PackCache;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CacheWorldTest {

    @Test
    void packCacheHoldsItsSizeOverSixtyFramesAndBothBranchesKeepTheSameFrames() {
        try (Backend backend = Backends.of("plain");
                CacheWorld world = new CacheWorld(backend, 2, CacheBudget.frames(8), true)) {
            world.collect(EnumSet.allOf(Signal.class));
            long bytes = 0;
            for (int frame = 0; frame < 60; frame++) {
                for (float channel : world.frame()) {
                    assertThat(channel).isFinite();
                }
                world.apply(PackCache.defaults().plan(world.view(Set.of()), Budget.unlimited()));
                assertThat(world.branch(0).view().frames())
                        .isEqualTo(world.branch(1).view().frames());
                if (frame == 20) {
                    bytes = world.branch(0).residentBytes();
                }
            }
            assertThat(world.branch(0).residentBytes()).isEqualTo(bytes);
        }
    }
}
