package io.packcache.stream.model;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.tier.TierSettings;
import io.packcache.stream.frame.PromptMode;
import java.util.Set;

/**
 * Generates the latent frames of one clip, one refinement step at a time, and owns the caches it reads.
 *
 * <p>Order of calls: {@link #prefill} once; then for each frame {@link #begin}, every {@link #step} from 0 to
 * {@link #steps()} - 1, and {@link #commit} or {@link #rollback}. Between frames the caches may be viewed and compacted.
 * One thread at a time; nothing here blocks on anything but arithmetic.
 */
public interface FrameDecoder extends AutoCloseable {

    /** Runs text and conditioning frames through the model and commits them into the caches of every branch. */
    void prefill();

    /**
     * Starts a latent frame with every code unknown. What is drawn for a frame depends on the seed, the frame and what
     * the caches hold, so that a frame begun again after a rollback becomes the same frame.
     *
     * @param frame number of the latent frame in the clip; conditioning frames count from 0
     */
    void begin(long frame);

    /** Number of refinement steps of a frame, at least 1. */
    int steps();

    /**
     * One refinement step of the frame begun, in every branch.
     *
     * @param step 0 to {@link #steps()} - 1, in order
     */
    void step(int step);

    /**
     * The codes of the frame begun, once all its steps are made: what the store pass will store.
     *
     * @return a copy, row-major
     */
    int[] codes();

    /**
     * The store pass: appends the finished frame to the caches of every branch.
     *
     * @return the codes of the frame, row-major
     */
    int[] commit();

    /** Forgets the frame begun: the caches are as of the last commit. Allowed at any time, whatever failed before. */
    void rollback();

    /** What the caches hold, as policies see it. */
    CacheView view();

    /**
     * The same with the signals a policy asks for. They are collected from then on: what can only be noted while a frame is
     * stored is known of the frames after the first time it was asked for.
     *
     * @throws IllegalArgumentException if this decoder cannot give one of them
     */
    default CacheView view(Set<Signal> signals) {
        requireKnown(signals, Set.of());
        return view();
    }

    /**
     * Refuses signals that a decoder cannot give.
     *
     * @param known what it can
     * @throws IllegalArgumentException naming those that are missing
     */
    static void requireKnown(Set<Signal> signals, Set<Signal> known) {
        if (!known.containsAll(signals)) {
            throw new IllegalArgumentException(SignalNames.missing("the policy", signals, known));
        }
    }

    /**
     * Opens the tiers that plans may move frames into, for every branch; with the settings of those that are open nothing is
     * opened. Waits while they are full and behind.
     *
     * @throws UnsupportedOperationException if this kind of model has no archive
     * @throws io.packcache.kvcache.tier.TierException if a file could not be written since
     */
    default void archive(TierSettings tiers) {
        throw new UnsupportedOperationException(
                "the cache of this model has no archive; choose a policy that moves no frames");
    }

    /**
     * Applies a plan to the caches of every branch; not while a frame is begun.
     *
     * @throws IllegalArgumentException if the plan does not fit what is held; nothing has changed then
     */
    void apply(CompactionPlan plan);

    /**
     * Goes on under another text; not while a frame is begun. If it fails nothing has changed.
     *
     * @param text token ids of the prompt
     * @param mode what becomes of the history
     * @throws UnsupportedOperationException if this kind of model cannot
     */
    default void switchText(int[] text, PromptMode mode) {
        throw new UnsupportedOperationException(
                "this model cannot exchange its prompt (" + mode + ") within a clip; begin another one");
    }

    /**
     * Copies the state between two frames.
     *
     * @param reuse a snapshot of this decoder that is not needed any more, whose memory is taken over; null for none
     * @throws UnsupportedOperationException if this kind of model cannot
     */
    default DecoderSnapshot snapshot(DecoderSnapshot reuse) {
        throw new UnsupportedOperationException("this model cannot go back within a clip; ask for no rewind");
    }

    /**
     * Goes back to a state, or on from it; not while a frame is begun. The snapshot stays as it is.
     *
     * @throws IllegalArgumentException if it is of another model or size
     */
    default void restore(DecoderSnapshot snapshot) {
        throw new UnsupportedOperationException("this model cannot go back within a clip");
    }

    /** Tokens the caches of all branches hold together. */
    long cachedTokens();

    /** Bytes the caches of all branches occupy together, exactly. */
    long residentBytes();

    /** Frees caches and scratch memory; closing twice does nothing. */
    @Override
    void close();
}
