package io.packcache.kvcache;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.TokenPosition;
import io.packcache.kvcache.tier.TierSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Generation without a model: the caches of one or two branches, filled frame by frame with made-up keys, values and
 * queries that resemble those of the frame before, and really attended to by a backend.
 *
 * <p>Two query heads share a KV head. Every second content token is stored as MASK if asked for. What is made up follows
 * from the seed alone, so two worlds that are treated alike are alike.
 */
public final class CacheWorld implements AutoCloseable {

    public static final FrameGrid GRID = Clip.GRID;
    public static final CacheShape SHAPE = Clip.SHAPE;
    private static final int QUERY_HEADS = 2 * SHAPE.kvHeads();
    private static final int SIZE = SHAPE.headSize();

    /** Rows by token, place, layer and kind: what is made up is the same in every world, so it is made up once. */
    private static final Map<List<Object>, float[]> MADE_UP = new ConcurrentHashMap<>();

    private final Backend backend;
    private final boolean masks;
    private final int every; // frames from one that is attended to the next
    private final List<KvCache> branches = new ArrayList<>();
    private final List<Integer> prefixes = new ArrayList<>();
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor attended;
    private long frames;

    /**
     * Text and one conditioning frame, committed in every branch.
     *
     * @param branches 1 or 2; the second has less text
     * @param budget of each branch
     * @param masks whether every second content token of a generated frame is stored as MASK
     */
    public CacheWorld(Backend backend, int branches, CacheBudget budget, boolean masks) {
        this(backend, branches, budget, masks, 1);
    }

    /** @param every the other frames are stored without attention, which is most of the time that a world takes */
    public CacheWorld(Backend backend, int branches, CacheBudget budget, boolean masks, int every) {
        this.every = every;
        this.backend = backend;
        this.masks = masks;
        this.queries = backend.allocate(GRID.frameLength(), QUERY_HEADS * SIZE);
        this.keys = backend.allocate(GRID.frameLength(), SHAPE.kvHeads() * SIZE);
        this.values = backend.allocate(GRID.frameLength(), SHAPE.kvHeads() * SIZE);
        this.attended = backend.allocate(GRID.frameLength(), QUERY_HEADS * SIZE);
        for (int branch = 0; branch < branches; branch++) {
            this.branches.add(new KvCache(backend, SHAPE, GRID, Clip.POSITIONS, budget));
            prefixes.add(branch == 0 ? 7 : 3);
            text(branch);
        }
        frame(true);
    }

    /** Collects signals in the guided branch. */
    public void collect(Set<Signal> signals) {
        branches.get(0).collect(signals);
    }

    /** Opens tiers in every branch. */
    public void archive(TierSettings tiers) {
        branches.forEach(branch -> branch.archive(tiers));
    }

    /** Generates and commits the next frame in every branch; the guided branch's attention, all layers one after another; zeros where it was left out. */
    public float[] frame() {
        return frame(false);
    }

    /** What the guided branch holds. */
    public CacheView view(Set<Signal> signals) {
        return branches.get(0).view(signals);
    }

    /** Applies a plan in every branch. */
    public void apply(CompactionPlan plan) {
        branches.forEach(branch -> branch.apply(plan));
    }

    /** The cache of a branch, the guided one first. */
    public KvCache branch(int number) {
        return branches.get(number);
    }

    public int branches() {
        return branches.size();
    }

    /** Frames committed, the conditioning frame included. */
    public long frames() {
        return frames;
    }

    @Override
    public void close() {
        branches.forEach(KvCache::close);
        List.of(queries, keys, values, attended).forEach(Tensor::close);
    }

    private void text(int branch) {
        List<TokenInfo> tokens = new ArrayList<>();
        for (int i = 0; i < prefixes.get(branch); i++) {
            tokens.add(TokenInfo.text(TokenPosition.text(i)));
        }
        int first = branches.get(branch).stage(tokens);
        for (int layer = 0; layer < SHAPE.layers(); layer++) {
            fill(layer, tokens);
            branches.get(branch).store(layer, keys, values, 0, tokens.size(), first);
        }
        branches.get(branch).commit();
    }

    private float[] frame(boolean condition) {
        float[] seen = new float[SHAPE.layers() * GRID.frameLength() * QUERY_HEADS * SIZE];
        for (int branch = branches.size() - 1; branch >= 0; branch--) {
            KvCache cache = branches.get(branch);
            List<TokenInfo> tokens = tokens(prefixes.get(branch), cache.nextSlot(), condition);
            int first = cache.stage(tokens);
            for (int layer = 0; layer < SHAPE.layers(); layer++) {
                fill(layer, tokens);
                cache.store(layer, keys, values, 0, tokens.size(), first);
                cache.noteQueries(layer, queries, 0, tokens.size(), first);
                note(cache, layer, first, tokens.size());
                if (frames % every != 0) {
                    continue;
                }
                backend.attention(
                        new Attention(queries, 0, tokens.size(), QUERY_HEADS, cache.rows(layer), null, attended));
                attended.read(0, seen, layer * GRID.frameLength() * QUERY_HEADS * SIZE, tokens.size());
            }
            cache.commit();
        }
        frames++;
        return seen;
    }

    private static void note(KvCache cache, int layer, int first, int count) {
        float[] norms = new float[count];
        for (int i = 0; i < count; i++) {
            norms[i] = 1 + (first + i) % 7;
        }
        if (cache.collected().contains(Signal.HIDDEN_NORM)) {
            cache.noteHiddenNorms(norms, first);
        }
        if (cache.collected().contains(Signal.PROJECTED_VALUE_NORM)) {
            for (int head = 0; head < SHAPE.kvHeads(); head++) {
                cache.noteProjectedValueNorms(layer, head, norms, first);
            }
        }
    }

    /** Keys, values and queries of a layer: mostly what the same place had before, a little of the frame's own. */
    private void fill(int layer, List<TokenInfo> tokens) {
        for (int r = 0; r < tokens.size(); r++) {
            TokenInfo token = tokens.get(r);
            long place = token.frame() < 0 ? -1 - r : 1 + r;
            queries.write(r, row(token, place, layer, 0, QUERY_HEADS, true), 0, 1);
            keys.write(r, row(token, place, layer, 1, SHAPE.kvHeads(), true), 0, 1);
            values.write(r, row(token, place, layer, 2, SHAPE.kvHeads(), false), 0, 1);
        }
    }

    private static float[] row(TokenInfo token, long place, int layer, int kind, int heads, boolean rotated) {
        return MADE_UP.computeIfAbsent(
                List.of(token, place, layer, kind), name -> makeUp(token, place, layer, kind, heads, rotated));
    }

    private static float[] makeUp(TokenInfo token, long place, int layer, int kind, int heads, boolean rotated) {
        float[] row = new float[heads * SIZE];
        Random lasting = new Random((place * 31 + layer) * 31 + kind);
        Random passing = new Random(((token.frame() * 131 + place) * 31 + layer) * 31 + kind + 7919);
        for (int head = 0; head < heads; head++) {
            float[] vector = new float[SIZE];
            for (int channel = 0; channel < SIZE; channel++) {
                vector[channel] = (float) (lasting.nextGaussian() + 0.3 * passing.nextGaussian());
            }
            System.arraycopy(rotated ? Clip.rotated(vector, token.position()) : vector, 0, row, head * SIZE, SIZE);
        }
        return row;
    }

    private List<TokenInfo> tokens(int prefix, long slot, boolean condition) {
        return Clip.tokens(prefix, frames, slot, condition, content -> masks && content % 2 == 1);
    }
}
