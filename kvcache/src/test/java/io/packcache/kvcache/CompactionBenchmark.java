package io.packcache.kvcache;

import com.sun.management.ThreadMXBean;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.policy.HistoryBudget;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.PositionMode;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A command, no test: PackCache's plan and its application over frames of 1,024 tokens, 8 layers and 8 KV heads of 64
 * channels. Prints what moved and how fast, beside copying as many bytes in one piece, and what was allocated. Times are those
 * of the thread on its processor.
 *
 * <p>Arguments: window (13), slides (12), positions (REBASE; KEEP turns no keys).
 */
public final class CompactionBenchmark {

    private static final FrameGrid GRID = new FrameGrid(32, 31, 3, 1);
    private static final CacheShape SHAPE = new CacheShape(8, 8, 64);

    private CompactionBenchmark() {}

    public static void main(String[] arguments) {
        int window = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 13;
        int slides = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 12;
        Positions positions = new Positions(new MmRope(SHAPE.headSize(), 10_000), PositionStride.of(GRID));
        PositionMode mode = arguments.length > 2 ? PositionMode.valueOf(arguments[2]) : PositionMode.REBASE;
        PackCache policy = PackCache.defaults()
                .withPositions(mode)
                .withWindow(window)
                .withHistoryBudget(new HistoryBudget.Frames(window / 2.0))
                .withRho(0.9);
        try (Backend backend = Backends.of("plain");
                KvCache cache = new KvCache(backend, SHAPE, GRID, positions, CacheBudget.unlimited())) {
            for (int frame = 0; frame < window; frame++) {
                commit(cache, frame);
            }
            for (int slide = 0; slide < slides; slide++) {
                slide(cache, policy);
                commit(cache, window + slide);
            }
        }
    }

    private static void commit(KvCache cache, long frame) {
        List<TokenInfo> tokens =
                new ArrayList<>(Clip.tokens(GRID, 0, frame, cache.nextSlot(), false, content -> false));
        cache.stage(tokens);
        cache.commit();
    }

    private static void slide(KvCache cache, PackCache policy) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        long start = now();
        CacheView view = cache.view();
        CompactionPlan plan = policy.plan(view, Budget.unlimited());
        long planned = now();
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        int held = cache.size();
        cache.apply(plan);
        long applied = now();
        long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        long moved = (long) cache.size() * SHAPE.bytesPerToken();
        double copy = copy(cache, cache.size());
        System.out.printf(
                Locale.ROOT,
                "%d -> %d tokens, %.0f MB kept: plan %.2f ms (%d KB), apply %.2f ms (%d KB), %.2f GB/s; copying alone %.2f ms,"
                        + " %.2f GB/s%n",
                held,
                cache.size(),
                moved / 1e6,
                (planned - start) / 1e6,
                (allocated - before) / 1024,
                (applied - planned) / 1e6,
                (after - allocated) / 1024,
                moved / (double) (applied - planned),
                copy / 1e6,
                moved / copy);
    }

    private static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Moves as many rows by one frame in every tensor, each in one piece; in nanoseconds. */
    private static double copy(KvCache cache, int rows) {
        long start = now();
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            for (Tensor keys : cache.keys(layer)) {
                cache.storage().backend.moveRows(keys, GRID.frameLength(), 0, rows);
            }
            for (Tensor values : cache.values(layer)) {
                cache.storage().backend.moveRows(values, GRID.frameLength(), 0, rows);
            }
        }
        return now() - start;
    }
}
