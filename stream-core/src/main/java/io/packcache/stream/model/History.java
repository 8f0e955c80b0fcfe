package io.packcache.stream.model;

import io.packcache.kvcache.CacheSnapshot;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.tier.TierSettings;
import io.packcache.stream.frame.PromptMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a clip remembers: the caches of all branches, and the codes of the frames they hold. Changes between frames only;
 * whatever fails before it has changed both branches leaves both as they were, but for a plan, see {@link #apply}.
 */
final class History implements AutoCloseable {

    private final CacheFiller filler;
    private FrameCodes codes = new FrameCodes();
    private TierSettings tiers = TierSettings.NONE;

    /** The guided one first. */
    private List<Branch> branches;

    /** @param layouts of the branches, the guided one first */
    History(CacheFiller filler, List<SequenceLayout> layouts) {
        this.filler = filler;
        this.branches = layouts.stream().map(filler::empty).toList();
    }

    List<Branch> branches() {
        return branches;
    }

    /** Layout of the guided branch; a frame's ids and the places of its codes are the same in all. */
    SequenceLayout layout() {
        return branches.get(0).layout();
    }

    /** Cache of the guided branch: the one that policies see. */
    KvCache guided() {
        return branches.get(0).cache();
    }

    /** Text and conditioning frames into all branches. */
    void prefill(List<int[]> condition) {
        branches.forEach(filler::stageText);
        for (int frame = 0; frame < condition.size(); frame++) {
            filler.stageCondition(branches, frame, condition.get(frame));
            codes.put(frame, condition.get(frame));
        }
        branches.forEach(branch -> branch.cache().commit());
    }

    /** Notes what a frame that was committed shows; {@code frameCodes} are not to be modified from now on. */
    void note(long frame, int[] frameCodes) {
        codes.put(frame, frameCodes);
    }

    void rollback() {
        branches.forEach(branch -> branch.cache().rollback());
    }

    /** Opens the tiers of all branches, also of those to come. */
    void archive(TierSettings settings) {
        tiers = settings;
        branches.forEach(this::archive);
    }

    private void archive(Branch branch) {
        if (!tiers.isNone()) {
            branch.cache().archive(tiers);
        }
    }

    /** Applies a plan to all branches. Refused by the first one, it has changed none. */
    void apply(CompactionPlan plan) {
        branches.forEach(branch -> branch.cache().apply(plan));
        // What is in the archive alone may come back.
        Set<Long> known = new HashSet<>(plan.archive());
        for (FramePlan frame : plan.frames()) {
            known.add(frame.frame());
        }
        codes.retain(known);
    }

    /** Goes on behind another text; the unguided branch has none, and computed nothing that depends on one. */
    void exchangeText(SequenceLayout other, PromptMode mode) {
        switch (mode) {
            case KEEP -> keep(other);
            case RECACHE -> recache(other);
            case RESET -> reset(other);
        }
    }

    private void keep(SequenceLayout other) {
        Branch text = filler.empty(other);
        try (KvCache donor = text.cache()) {
            filler.stageText(text);
            donor.commit();
            guided().replaceText(donor, other.prefixIds().length - layout().prefixIds().length);
        }
        exchangeGuided(new Branch(other, guided()));
    }

    private void recache(SequenceLayout other) {
        KvCache old = guided();
        exchangeGuided(filler.again(other, old.view(), old.collected(), old.nextSlot(), codes));
        archive(branches.get(0));
        old.close();
    }

    private void exchangeGuided(Branch other) {
        List<Branch> exchanged = new ArrayList<>(branches);
        exchanged.set(0, other);
        branches = List.copyOf(exchanged);
    }

    private void reset(SequenceLayout other) {
        List<Branch> cut = new ArrayList<>();
        try {
            for (Branch branch : branches) {
                cut.add(filler.empty(cut.isEmpty() ? other : branch.layout()));
                filler.stageText(cut.get(cut.size() - 1));
            }
        } catch (RuntimeException | Error e) {
            cut.forEach(branch -> branch.cache().close());
            throw e;
        }
        cut.forEach(branch -> branch.cache().commit());
        cut.get(0).cache().collect(guided().collected());
        cut.forEach(this::archive);
        close();
        branches = List.copyOf(cut);
        codes = new FrameCodes();
    }

    /**
     * Copies all caches.
     *
     * @param reuse older copies, whose memory is taken over; empty for none
     */
    List<CacheSnapshot> copies(List<CacheSnapshot> reuse) {
        List<CacheSnapshot> copies = new ArrayList<>();
        for (int b = 0; b < branches.size(); b++) {
            copies.add(branches.get(b).cache().snapshot(reuse.isEmpty() ? null : reuse.get(b)));
        }
        return copies;
    }

    /** Codes of the frames held. */
    Map<Long, int[]> codes() {
        return codes.all();
    }

    /**
     * Goes back to a copy.
     *
     * @param layout of the guided branch at that time
     */
    void restore(DecoderSnapshot copy, SequenceLayout layout) {
        if (copy.caches().size() != branches.size()) {
            throw new IllegalArgumentException("a state of " + copy.caches().size()
                    + " guidance branches does not fit a" + " clip of " + branches.size());
        }
        for (int b = 0; b < branches.size(); b++) {
            branches.get(b).cache().restore(copy.caches().get(b));
        }
        exchangeGuided(new Branch(layout, guided()));
        codes = new FrameCodes();
        copy.codes().forEach(codes::put);
    }

    long tokens() {
        return branches.stream().mapToLong(branch -> branch.cache().tokens()).sum();
    }

    long residentBytes() {
        return branches.stream()
                .mapToLong(branch -> branch.cache().residentBytes())
                .sum();
    }

    long usedBytes() {
        return branches.stream().mapToLong(branch -> branch.cache().usedBytes()).sum();
    }

    /** Frees all caches; closing twice does nothing. */
    @Override
    public void close() {
        branches.forEach(branch -> branch.cache().close());
    }
}
