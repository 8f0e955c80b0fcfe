package io.packcache.stream.model;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheSnapshot;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.tier.TierSettings;
import io.packcache.stream.frame.PromptMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Masked parallel decoding as Lumos-1 does it (arXiv 2507.08801): a frame starts all MASK; each step draws every unknown
 * code and keeps the confident ones; at the end the frame is stored once more with a part of it masked.
 *
 * <p>The guided branch follows the prompt, the unguided one, absent at guidance 1, starts at the clip's own markers. Both
 * run in one batch. A frame's rows are staged once, at {@link #begin}; every step writes its keys and values over them,
 * so the budget is checked before any work and a rollback costs nothing. If a call fails the frame is rolled back.
 */
public final class MaskedDecoder implements FrameDecoder {

    /** No content index; never changed. */
    private static final BitSet UNMASKED = new BitSet();

    private final Transformer transformer;
    private final ModelConfig config;
    private final Clip clip;
    private final FrameGrid grid;
    private final Activations activations;
    private final Refinement refinement;
    private final BitSet historyMask;
    private final History history;

    private final int[] frameIds; // frame length

    private int[] text; // token ids of the prompt
    private ForwardPass pass;
    private long begun;
    private int nextStep;
    private long committedFrames;

    private MaskedDecoder(
            Transformer transformer, ModelConfig config, Clip clip, List<SequenceLayout> layouts, CacheBudget budget) {
        this.transformer = transformer;
        this.config = config;
        this.clip = clip;
        this.text = clip.text();
        this.grid = layouts.get(0).grid();
        SamplingSettings sampling = clip.sampling();
        this.historyMask = HistoryMask.of(grid.contentLength(), sampling.historyMaskRatio());
        this.frameIds = new int[grid.frameLength()];
        this.activations = new Activations(transformer, layouts.size() * grid.frameLength());
        this.refinement =
                new Refinement(transformer, activations, layouts.get(0), layouts.size(), sampling, historyMask);
        this.history = new History(new CacheFiller(transformer, activations, historyMask, budget), layouts);
    }

    /** Opens a decoder whose caches may grow as far as memory goes. */
    public static MaskedDecoder open(Transformer transformer, ModelConfig config, Clip clip) {
        return open(transformer, config, clip, CacheBudget.unlimited());
    }

    /**
     * Opens a decoder with empty caches.
     *
     * @param transformer loaded as {@link ModelConfig#codesPlan()} says; outlives the decoder
     * @param config what its tokens mean
     * @param budget hard limit of each branch's cache
     * @throws IllegalArgumentException if the model cannot say the frame's size or the clip's numbers, or a conditioning
     *     frame has another size
     */
    public static MaskedDecoder open(Transformer transformer, ModelConfig config, Clip clip, CacheBudget budget) {
        if (transformer.headOutputs() != config.tokens().codeCount()) {
            throw new IllegalArgumentException("masked decoding needs a transformer loaded with the head for codes");
        }
        if (clip.sampling().topK() > 0 || clip.sampling().topP() < 1) {
            throw new IllegalArgumentException("masked decoding draws from all codes: top k must be 0 and top p 1, got "
                    + clip.sampling().topK() + " and " + clip.sampling().topP());
        }
        FrameGrid grid = config.grid(clip.rows(), clip.columns());
        for (int[] condition : clip.condition()) {
            requireCodes(condition, grid, config.tokens());
        }
        List<SequenceLayout> layouts = new ArrayList<>();
        layouts.add(guided(config, grid, clip, clip.text()));
        if (clip.sampling().guided()) {
            layouts.add(SequenceLayout.unguided(config, grid, clip.durationToken(), clip.framesPerSecond()));
        }
        return new MaskedDecoder(transformer, config, clip, layouts, budget);
    }

    @Override
    public void prefill() {
        requireIdle();
        try {
            history.prefill(clip.condition());
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
    }

    @Override
    public void begin(long frame) {
        requireIdle();
        List<BranchRows> rows = new ArrayList<>();
        for (Branch branch : history.branches()) {
            long slot = branch.cache().nextSlot();
            rows.add(new BranchRows(branch.cache(), branch.layout().frameTokens(frame, slot, historyMask), frameIds));
        }
        pass = transformer.stage(activations, rows);
        refinement.begin(pass, new SplittableRandom(mix(mix(clip.seed()) + frame)), choiceTemperature());
        begun = frame;
        nextStep = 0;
    }

    @Override
    public int steps() {
        return clip.sampling().steps();
    }

    @Override
    public void step(int step) {
        requireBegun();
        if (step != nextStep || step >= steps()) {
            throw new IllegalStateException("step " + nextStep + " of " + steps() + " is next, not step " + step);
        }
        try {
            refinement.step();
            nextStep++;
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
    }

    @Override
    public int[] codes() {
        requireBegun();
        if (nextStep < steps()) {
            throw new IllegalStateException(
                    "the frame can be committed after " + steps() + " steps, only " + nextStep + " were made");
        }
        return refinement.codes();
    }

    @Override
    public int[] commit() {
        int[] codes = codes();
        store(() -> pass.fillCaches(refinement.ids()), codes);
        return codes;
    }

    /**
     * The store pass with given codes instead of the decoded ones, as teacher forcing needs it; any number of steps may
     * have been made.
     *
     * @param given codes of the frame, row-major
     * @return a copy of them
     */
    public int[] commit(int[] given) {
        requireBegun();
        store(
                () -> {
                    requireCodes(given, grid, config.tokens());
                    history.layout().writeFrame(given, historyMask, frameIds);
                    pass.fillCaches();
                },
                given);
        return given.clone();
    }

    private void store(Runnable fill, int[] codes) {
        try {
            fill.run();
            pass.commit();
        } catch (RuntimeException | Error e) {
            rollback();
            throw e;
        }
        endPass();
        committedFrames++;
        history.note(begun, codes.clone());
    }

    /**
     * How likely given codes are before any code of the begun frame is known: one forward with all of it MASK, in the
     * guided branch, without guidance. Leaves the frame begun and changes nothing else.
     *
     * @param given codes of the frame, row-major
     * @return ln p of each
     */
    public float[] score(int[] given) {
        requireBegun();
        requireCodes(given, grid, config.tokens());
        int[] unknown = new int[grid.codes()];
        Arrays.fill(unknown, -1);
        history.layout().writeFrame(unknown, UNMASKED, frameIds);
        pass.run();
        float[] scores = new float[given.length];
        float[] row = new float[transformer.headOutputs()];
        int[] batchRow = new int[1];
        for (int code = 0; code < given.length; code++) {
            batchRow[0] = pass.firstRow(0) + history.layout().rowOfCode(code);
            Tensor logits = pass.logits(batchRow, 1);
            logits.read(0, row, 0, 1);
            scores[code] = (float) logProbability(row, given[code]);
        }
        return scores;
    }

    /**
     * One forward of the begun frame with some of its codes known, watched. Leaves the frame begun.
     *
     * @param known codes of the frame, negative where unknown
     * @param observer sees the guided branch's rows first
     * @return the guided branch's cache, which holds the frame's rows as its last, staged ones; only to be read, and only
     *     until the next call
     */
    public KvCache observe(int[] known, ForwardObserver observer) {
        requireBegun();
        history.layout().writeFrame(known, UNMASKED, frameIds);
        pass.run(observer);
        return history.guided();
    }

    @Override
    public void rollback() {
        endPass();
        history.rollback();
    }

    @Override
    public CacheView view() {
        return view(Set.of());
    }

    @Override
    public CacheView view(Set<Signal> signals) {
        KvCache guided = history.guided();
        guided.collect(signals);
        return guided.view(signals);
    }

    @Override
    public void archive(TierSettings tiers) {
        history.archive(tiers);
    }

    @Override
    public void apply(CompactionPlan plan) {
        requireIdle();
        history.apply(plan);
    }

    @Override
    public void switchText(int[] other, PromptMode mode) {
        requireIdle();
        history.exchangeText(guided(config, grid, clip, other), mode);
        text = other;
        if (mode == PromptMode.RESET) {
            committedFrames = 0;
        }
    }

    @Override
    public DecoderSnapshot snapshot(DecoderSnapshot reuse) {
        requireIdle();
        List<CacheSnapshot> caches = history.copies(reuse == null ? List.of() : reuse.caches());
        return new DecoderSnapshot(caches, text, history.codes(), committedFrames);
    }

    @Override
    public void restore(DecoderSnapshot snapshot) {
        requireIdle();
        for (int[] frame : snapshot.codes().values()) {
            requireCodes(frame, grid, config.tokens());
        }
        history.restore(snapshot, guided(config, grid, clip, snapshot.text()));
        text = snapshot.text();
        committedFrames = snapshot.frames();
    }

    @Override
    public long cachedTokens() {
        return history.tokens();
    }

    @Override
    public long residentBytes() {
        return history.residentBytes();
    }

    /** Bytes of what the caches of all branches hold, without capacity reserved for more. */
    public long usedBytes() {
        return history.usedBytes();
    }

    @Override
    public void close() {
        endPass();
        refinement.close();
        history.close();
        activations.close();
    }

    private static SequenceLayout guided(ModelConfig config, FrameGrid grid, Clip clip, int[] text) {
        return SequenceLayout.guided(config, grid, text, clip.durationToken(), clip.framesPerSecond());
    }

    private void endPass() {
        refinement.end();
        pass = null;
    }

    private double choiceTemperature() {
        boolean noisy = committedFrames == 0 || clip.sampling().choiceEveryFrame();
        return noisy ? clip.sampling().choiceTemperature() : 0;
    }

    private void requireIdle() {
        if (pass != null) {
            throw new IllegalStateException("a frame is begun; commit it or roll it back first");
        }
    }

    private void requireBegun() {
        if (pass == null) {
            throw new IllegalStateException("no frame is begun");
        }
    }

    private static void requireCodes(int[] codes, FrameGrid grid, SpecialTokens tokens) {
        if (codes.length != grid.codes()) {
            throw new IllegalArgumentException("a frame of " + grid.rows() + " x " + grid.columns() + " has "
                    + grid.codes() + " codes, got " + codes.length);
        }
        for (int code : codes) {
            if (code < 0 || code >= tokens.codeCount()) {
                throw new IllegalArgumentException(
                        "a code is 0 to " + (tokens.codeCount() - 1) + " in this model, got " + code);
            }
        }
    }

    private static double logProbability(float[] logits, int column) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        return logits[column] - most - Math.log(sum);
    }

    /** The finaliser of SplitMix64: neighbouring inputs give unrelated seeds. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
