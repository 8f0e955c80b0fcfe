package io.packcache.examples.bench;

import com.sun.management.ThreadMXBean;
import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.position.TokenPosition;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A cache without a model: one frame after the other comes, and a policy compacts it after each. */
final class SlidingCache implements AutoCloseable {

    private final Backend backend;
    private final FrameGrid grid;
    private final CacheShape shape;
    private final KvCache cache;
    private final CompactionPolicy policy;
    private final Tensor rows;
    private final Tensor attended;
    private long frames;

    SlidingCache(Backend backend, FrameGrid grid, CacheShape shape, CompactionPolicy policy) {
        this.backend = backend;
        this.grid = grid;
        this.shape = shape;
        this.policy = policy;
        Positions positions = new Positions(new MmRope(shape.headSize(), 10_000), PositionStride.of(grid));
        this.cache = new KvCache(backend, shape, grid, positions, CacheBudget.unlimited());
        this.rows = Numbers.tensor(backend, grid.frameLength(), shape.kvHeads() * shape.headSize(), 1);
        this.attended = backend.allocate(grid.frameLength(), shape.kvHeads() * shape.headSize());
    }

    /** Collects these signals from now on. */
    void collect(Set<Signal> signals) {
        cache.collect(signals);
    }

    /**
     * What one compaction took.
     *
     * @param planning seconds until the plan was there
     * @param applying seconds until it was carried out
     * @param planBytes bytes the view and the plan allocated on the heap
     * @param applyBytes bytes its application allocated, on the calling thread
     */
    record Slide(double planning, double applying, long planBytes, long applyBytes) {
        double seconds() {
            return planning + applying;
        }
    }

    /** Takes the next frame and compacts, once the tiers have caught up. */
    Slide slide() {
        if (!policy.tiers().isNone()) {
            cache.archive(policy.tiers());
        }
        int first = cache.stage(tokens(frames++, cache.nextSlot()));
        for (int layer = 0; layer < shape.layers(); layer++) {
            cache.store(layer, rows, rows, 0, grid.frameLength(), first);
            cache.noteQueries(layer, rows, 0, grid.frameLength(), first);
        }
        cache.commit();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long bytes = threads.getThreadAllocatedBytes(thread);
        long began = System.nanoTime();
        CompactionPlan plan = policy.plan(cache.view(), Budget.unlimited());
        long planned = System.nanoTime();
        long bytesPlanned = threads.getThreadAllocatedBytes(thread);
        cache.apply(plan);
        long applied = System.nanoTime();
        long bytesApplied = threads.getThreadAllocatedBytes(thread);
        return new Slide(
                (planned - began) / 1e9, (applied - planned) / 1e9, bytesPlanned - bytes, bytesApplied - bytesPlanned);
    }

    /** Tokens held. */
    int size() {
        return cache.size();
    }

    long residentBytes() {
        return cache.residentBytes();
    }

    /** Seconds that a frame's attention to what is held takes, in all layers once. */
    double attention() {
        return new Times(Contest.time(5, this::attend)).median() * shape.layers();
    }

    /** A frame's attention to what is held in the first layer. */
    void attend() {
        backend.attention(new Attention(rows, 0, grid.frameLength(), shape.kvHeads(), cache.rows(0), null, attended));
    }

    @Override
    public void close() {
        cache.close();
    }

    private List<TokenInfo> tokens(long frame, long slot) {
        List<TokenInfo> tokens = new ArrayList<>();
        int index = (int) slot * grid.frameLength();
        for (int marker = 0; marker < grid.markersBefore(); marker++) {
            tokens.add(TokenInfo.marker(frame, marker, TokenPosition.text(index++)));
        }
        for (int content = 0; content < grid.contentLength(); content++) {
            int row = content / (grid.columns() + 1);
            int column = content % (grid.columns() + 1);
            TokenPosition position = new TokenPosition(true, index++, 4 * (int) slot, 8 * row, 8 * column);
            tokens.add(TokenInfo.content(frame, row, column, false, position));
        }
        for (int marker = grid.markersBefore(); marker < grid.markers(); marker++) {
            tokens.add(TokenInfo.marker(frame, marker, TokenPosition.text(index++)));
        }
        return tokens;
    }
}
