package io.packcache.stream.model;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.tier.TierSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Next-token decoding in raster order, as Emu3 and LWM do it: every token is run once, enters the caches of both guidance
 * branches as it is, and what the model says at it decides the next. Row ends and frame ends are not drawn but follow by
 * counting. The frame in the making is staged token by token; only finished frames are seen by policies.
 *
 * <p>What the last token of a frame said is kept until the next frame begins, as in a decoder without compaction. A step
 * draws up to {@value #TOKENS_PER_STEP} tokens; beyond a few kilobytes for each of them nothing is allocated.
 */
public final class RasterDecoder implements FrameDecoder {

    /** Tokens of one step: a cancelled session ends within them. */
    static final int TOKENS_PER_STEP = 16;

    /** What lies in the cache. A frame is stored token by token here, so that no probes of a whole frame are noted. */
    public static final Set<Signal> SIGNALS = Set.of(Signal.KEY, Signal.VALUE, Signal.KEY_NORM, Signal.VALUE_NORM);

    /** Rows of a batch: text and given frames run in such portions, tokens that are drawn one by one in each branch. */
    public static final int BATCH_ROWS = 256;

    private record RasterBranch(RasterLayout layout, KvCache cache, float[] logits, float[] logitsAtCommit) {}

    private final Transformer transformer;
    private final Clip clip;
    private final FrameGrid grid;
    private final List<RasterBranch> branches = new ArrayList<>();
    private final Activations activations;
    private final TokenSampler sampler;
    private final int[] codes;
    private final int[] lastRow = new int[1];

    private SplittableRandom random;
    private long frame;
    private int place = -1; // next token of the frame begun; -1 if none is
    private int drawn;

    private RasterDecoder(Transformer transformer, Clip clip, List<RasterLayout> layouts, CacheBudget budget) {
        this.transformer = transformer;
        this.clip = clip;
        this.grid = layouts.get(0).grid();
        this.codes = new int[layouts.get(0).codes()];
        this.sampler = new TokenSampler(transformer.headOutputs(), clip.sampling());
        this.activations = new Activations(transformer, BATCH_ROWS);
        Positions positions = new Positions(transformer.rotary(), PositionStride.of(grid));
        for (RasterLayout layout : layouts) {
            int outputs = transformer.headOutputs();
            KvCache cache =
                    new KvCache(transformer.backend(), transformer.network().cacheShape(), grid, positions, budget);
            branches.add(new RasterBranch(layout, cache, new float[outputs], new float[outputs]));
        }
    }

    /**
     * Opens a decoder with empty caches.
     *
     * @param transformer loaded as {@link RasterConfig#plan()} says; outlives the decoder
     * @param size ids of the words that say the frame's size; empty where the model says none
     * @param budget hard limit of each branch's cache
     * @throws IllegalArgumentException if a conditioning frame has another size or codes the model does not know
     */
    public static RasterDecoder open(
            Transformer transformer, RasterConfig config, Clip clip, int[] size, CacheBudget budget) {
        FrameGrid grid = config.grid(clip.rows(), clip.columns());
        List<RasterLayout> layouts = new ArrayList<>();
        layouts.add(RasterLayout.of(config.tokens(), grid, clip.text(), size));
        if (clip.sampling().guided()) {
            layouts.add(RasterLayout.of(config.tokens(), grid, new int[0], size));
        }
        for (int[] condition : clip.condition()) {
            requireCodes(condition, layouts.get(0).codes(), config.tokens().codeCount());
        }
        return new RasterDecoder(transformer, clip, layouts, budget);
    }

    @Override
    public void prefill() {
        requireIdle();
        try {
            for (RasterBranch branch : branches) {
                fill(branch, branch.layout().prefixTokens(), branch.layout().prefixIds());
                for (int i = 0; i < clip.condition().size(); i++) {
                    long slot = branch.cache().nextSlot();
                    int[] ids = branch.layout().frameIds(clip.condition().get(i));
                    fill(branch, branch.layout().frameTokens(i, slot, true), ids);
                }
            }
            keep();
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
    }

    /** Runs known tokens of one branch, in portions; the last one's logits decide what follows. */
    private void fill(RasterBranch branch, List<TokenInfo> tokens, int[] ids) {
        for (int from = 0; from < ids.length; from += activations.rows()) {
            int to = Math.min(ids.length, from + activations.rows());
            ForwardPass pass = transformer.stage(
                    activations,
                    List.of(new BranchRows(
                            branch.cache(), tokens.subList(from, to), Arrays.copyOfRange(ids, from, to))));
            lastRow[0] = to - from - 1;
            pass.run(lastRow, 1);
            readLogits(pass, lastRow[0], branch);
        }
    }

    @Override
    public void begin(long number) {
        requireIdle();
        try {
            // The whole frame is reserved for a moment, so that one that does not fit is refused before any work.
            for (RasterBranch branch : branches) {
                branch.cache()
                        .stage(branch.layout()
                                .frameTokens(number, branch.cache().nextSlot(), false));
            }
        } finally {
            branches.forEach(branch -> branch.cache().rollback());
        }
        frame = number;
        random = new SplittableRandom(clip.seed() * 0x9E3779B97F4A7C15L + number);
        drawn = 0;
        place = 0;
    }

    @Override
    public int steps() {
        return (grid.frameLength() + TOKENS_PER_STEP - 1) / TOKENS_PER_STEP;
    }

    @Override
    public void step(int step) {
        if (place < 0 || step != place / TOKENS_PER_STEP) {
            throw new IllegalStateException("step " + step + " is not what comes next; "
                    + (place < 0 ? "no frame is begun" : "step " + place / TOKENS_PER_STEP + " is"));
        }
        try {
            int end = Math.min(grid.frameLength(), place + TOKENS_PER_STEP);
            while (place < end) {
                advance(nextId());
            }
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
    }

    private int nextId() {
        RasterLayout layout = branches.get(0).layout();
        if (!layout.isCode(place)) {
            return layout.forcedId(place);
        }
        float[] unguided = branches.size() == 1 ? null : branches.get(1).logits();
        int code = sampler.draw(branches.get(0).logits(), unguided, random.nextDouble());
        codes[drawn++] = code;
        return layout.codeId(code);
    }

    /** Runs one token in all branches. */
    private void advance(int id) {
        int[] ids = {id};
        List<BranchRows> rows = new ArrayList<>(branches.size());
        for (RasterBranch branch : branches) {
            // The slot of a frame is reserved by its first token.
            long slot = branch.cache().nextSlot() - (place == 0 ? 0 : 1);
            rows.add(new BranchRows(branch.cache(), List.of(branch.layout().token(frame, slot, place, false)), ids));
        }
        ForwardPass pass = transformer.stage(activations, rows);
        pass.run();
        for (int b = 0; b < branches.size(); b++) {
            readLogits(pass, pass.firstRow(b), branches.get(b));
        }
        place++;
    }

    private void readLogits(ForwardPass pass, int row, RasterBranch branch) {
        lastRow[0] = row;
        Tensor logits = pass.logits(lastRow, 1);
        logits.read(0, branch.logits(), 0, 1);
    }

    @Override
    public int[] codes() {
        if (place != grid.frameLength()) {
            throw new IllegalStateException("the frame can be committed after " + steps() + " steps");
        }
        return codes.clone();
    }

    @Override
    public int[] commit() {
        int[] drawnCodes = codes();
        keep();
        place = -1;
        return drawnCodes;
    }

    private void keep() {
        for (RasterBranch branch : branches) {
            branch.cache().commit();
            System.arraycopy(branch.logits(), 0, branch.logitsAtCommit(), 0, branch.logits().length);
        }
    }

    @Override
    public void rollback() {
        place = -1;
        for (RasterBranch branch : branches) {
            branch.cache().rollback();
            System.arraycopy(branch.logitsAtCommit(), 0, branch.logits(), 0, branch.logits().length);
        }
    }

    @Override
    public CacheView view() {
        return view(Set.of());
    }

    @Override
    public CacheView view(Set<Signal> signals) {
        FrameDecoder.requireKnown(signals, SIGNALS);
        return branches.get(0).cache().view(signals);
    }

    @Override
    public void archive(TierSettings tiers) {
        branches.forEach(branch -> branch.cache().archive(tiers));
    }

    @Override
    public void apply(CompactionPlan plan) {
        requireIdle();
        branches.forEach(branch -> branch.cache().apply(plan));
    }

    @Override
    public long cachedTokens() {
        return branches.stream().mapToLong(branch -> branch.cache().tokens()).sum();
    }

    @Override
    public long residentBytes() {
        return branches.stream()
                .mapToLong(branch -> branch.cache().residentBytes())
                .sum();
    }

    @Override
    public void close() {
        place = -1;
        branches.forEach(branch -> branch.cache().close());
        activations.close();
    }

    private void requireIdle() {
        if (place >= 0) {
            throw new IllegalStateException("a frame is begun; commit it or roll it back first");
        }
    }

    private static void requireCodes(int[] codes, int count, int known) {
        if (codes.length != count || Arrays.stream(codes).anyMatch(code -> code < 0 || code >= known)) {
            throw new IllegalArgumentException("a conditioning frame has " + count + " codes of 0 to " + (known - 1)
                    + ", got " + codes.length + " codes up to "
                    + Arrays.stream(codes).max().orElse(-1));
        }
    }
}
