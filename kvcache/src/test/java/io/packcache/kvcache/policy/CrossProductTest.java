package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheWorld;
import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every policy with every codec, on both processor backends, with one branch and with two, in real caches. */
class CrossProductTest {

    private static final int FRAMES = 60;
    private static final long TOKENS = 2L * CacheWorld.GRID.contentLength() + 7;
    private static final Map<String, Backend> BACKENDS =
            Map.of("plain", Backends.of("plain"), "vector", Backends.of("vector"));

    static Stream<CompactionPolicy> policies() {
        return EveryPolicyTest.all().stream().filter(policy -> !(policy instanceof Encoded));
    }

    @AfterAll
    static void closeBackends() {
        BACKENDS.values().forEach(Backend::close);
    }

    /** Backends and branches take turns, so that every policy and every codec meets all four pairs of them. */
    @ParameterizedTest
    @MethodSource("policies")
    void sixtyFramesHoldTheInvariantsWithEveryCodec(CompactionPolicy policy) {
        int turn = EveryPolicyTest.all().indexOf(policy);
        for (String codec : Codecs.names()) {
            List<String> byAge = List.of(Encoded.RAW, codec);
            Backend backend = BACKENDS.get(turn % 2 == 0 ? "plain" : "vector");
            run(new Encoded(policy, byAge, byAge), backend, 1 + turn / 2 % 2);
            turn++;
        }
    }

    private static void run(CompactionPolicy policy, Backend backend, int branches) {
        boolean full = ((Encoded) policy).base() instanceof FullCache;
        Budget budget = full ? Budget.unlimited() : new Budget(TOKENS);
        Map<Long, Selection> before = new HashMap<>();
        try (CacheWorld world = new CacheWorld(backend, branches, CacheBudget.unlimited(), true)) {
            world.collect(policy.signals());
            for (int frame = 0; frame < FRAMES; frame++) {
                for (float channel : world.frame()) {
                    assertThat(channel).isFinite();
                }
                CacheView view = world.view(policy.signals());
                CompactionPlan plan = policy.plan(view, budget);
                if (frame % 20 == 9) {
                    assertThat(policy.plan(view, budget))
                            .usingRecursiveComparison()
                            .isEqualTo(plan);
                }
                world.apply(plan);
                assertHolds(world, budget, before);
            }
        }
    }

    private static void assertHolds(CacheWorld world, Budget budget, Map<Long, Selection> before) {
        CacheView view = world.branch(0).view();
        for (int branch = 1; branch < world.branches(); branch++) {
            assertThat(world.branch(branch).view().frames()).isEqualTo(view.frames());
        }
        assertThat(view.textTokens()).isEqualTo(7);
        assertThat(view.frames().get(0).held().entries(view.shape()))
                .isEqualTo((long) CacheWorld.GRID.contentLength() * view.shape().cells());
        assertThat(view.historyTokens()).isLessThanOrEqualTo(budget.historyTokens());
        for (FrameView frame : view.frames()) {
            Selection earlier = before.put(frame.frame(), frame.held());
            if (earlier != null) {
                assertThat(frame.held().isWithin(earlier, view.shape()))
                        .as("what once left frame %d stays away", frame.frame())
                        .isTrue();
            }
        }
    }
}
