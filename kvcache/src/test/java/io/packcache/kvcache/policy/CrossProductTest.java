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
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Selection;
import io.packcache.kvcache.tier.TierSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every policy with every codec, on both processor backends, with one branch and with two, in real caches: all of them. */
class CrossProductTest {

    private static final int FRAMES = 60;

    /** Every fourth frame is attended to. */
    private static final int ATTENDED = 4;

    private static final long TOKENS = 2L * CacheWorld.GRID.contentLength() + 7;
    private static final List<Backend> BACKENDS = List.of(Backends.of("plain"), Backends.of("vector"));

    /** Memory for a few frames, so that others go to disk and come from there. */
    private static final TierSettings TIERS = new TierSettings(100_000, 4 << 20, Path.of(""));

    static Stream<CompactionPolicy> policies() {
        return EveryPolicyTest.all().stream().filter(policy -> !(policy instanceof Encoded));
    }

    @AfterAll
    static void closeBackends() {
        BACKENDS.forEach(Backend::close);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void sixtyFramesHoldTheInvariantsWithEveryCodecOnEveryBackendInEveryBranch(CompactionPolicy policy) {
        for (String codec : Codecs.names()) {
            CompactionPolicy stored = Combination.of(policy, codec, policy.name() + "+" + codec);
            for (Backend backend : BACKENDS) {
                for (int branches = 1; branches <= 2; branches++) {
                    Budget budget = policy instanceof FullCache ? Budget.unlimited() : new Budget(TOKENS);
                    run(policy, stored, budget, backend, branches);
                }
            }
        }
    }

    private static void run(
            CompactionPolicy base, CompactionPolicy policy, Budget budget, Backend backend, int branches) {
        Map<Long, Selection> before = new HashMap<>();
        boolean archives = !policy.tiers().isNone();
        try (CacheWorld world = new CacheWorld(backend, branches, CacheBudget.unlimited(), true, ATTENDED)) {
            world.collect(policy.signals());
            if (archives) {
                world.archive(TIERS);
            }
            for (int frame = 0; frame < FRAMES; frame++) {
                assertFinite(world.frame());
                CacheView view = world.view(policy.signals());
                CompactionPlan plan = policy.plan(view, budget);
                if (frame % 20 == 9) {
                    assertSame(policy.plan(view, budget), plan);
                }
                world.apply(plan);
                assertHolds(world, budget, before, archives);
                // Layers of unlike reach choose among what any of them holds, so one may hold less than its share.
                if (base instanceof PackCache pack
                        && pack.shares().layerWindows().isEmpty()) {
                    assertFallsWithAge(world.branch(0).view());
                }
            }
        }
    }

    private static void assertFinite(float[] attended) {
        for (float channel : attended) {
            if (!Float.isFinite(channel)) {
                assertThat(channel).isFinite();
            }
        }
    }

    /** Folds hold arrays, which records compare by identity; they are compared one by one where there are any. */
    private static void assertSame(CompactionPlan again, CompactionPlan plan) {
        if (plan.frames().stream().map(FramePlan::folds).allMatch(List::isEmpty)) {
            assertThat(again).isEqualTo(plan);
        } else {
            assertThat(again).usingRecursiveComparison().isEqualTo(plan);
        }
    }

    /** @param archives whether tokens may come back: then what is held is a part of what was first seen */
    private static void assertHolds(CacheWorld world, Budget budget, Map<Long, Selection> before, boolean archives) {
        CacheView view = world.branch(0).view();
        for (int branch = 1; branch < world.branches(); branch++) {
            assertThat(world.branch(branch).view().frames()).isEqualTo(view.frames());
            assertThat(world.branch(branch).view().archive()).isEqualTo(view.archive());
        }
        assertThat(view.textTokens()).isEqualTo(7);
        assertThat(view.frames().get(0).held().entries(view.shape()))
                .isEqualTo((long) CacheWorld.GRID.contentLength() * view.shape().cells());
        assertThat(view.historyTokens()).isLessThanOrEqualTo(budget.historyTokens());
        assertThat(world.branch(0).tierBytes().host()).isLessThanOrEqualTo(TIERS.hostBytes());
        assertThat(world.branch(0).tierBytes().disk()).isLessThanOrEqualTo(TIERS.diskBytes());
        for (FrameView frame : view.frames()) {
            Selection earlier = archives
                    ? before.putIfAbsent(frame.frame(), frame.held())
                    : before.put(frame.frame(), frame.held());
            if (earlier != null) {
                assertThat(frame.held().isWithin(earlier, view.shape()))
                        .as("what once left frame %d stays away", frame.frame())
                        .isTrue();
            }
        }
    }

    /** An older frame has no more tokens than a newer one, in any layer and head. */
    private static void assertFallsWithAge(CacheView view) {
        for (int cell = 0; cell < view.shape().cells(); cell++) {
            int newer = Integer.MAX_VALUE;
            for (FrameView frame : view.historyNewestFirst()) {
                int heads = view.shape().kvHeads();
                int tokens = frame.held().at(cell / heads, cell % heads).cardinality();
                if (tokens > newer) {
                    assertThat(tokens).as("tokens of frame %d", frame.frame()).isLessThanOrEqualTo(newer);
                }
                newer = tokens;
            }
        }
    }
}
