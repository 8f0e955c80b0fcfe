package io.packcache.stream.flow;

import io.packcache.stream.frame.FlowElement;

/**
 * An operator that holds elements for a while, without a stream library: it says what comes next, and an adapter of the
 * library owns demand, threads, timers and the end of the stream.
 *
 * <p>The adapter calls one method at a time, under a lock; so all of them are brief and none waits. Time comes in from
 * outside, in nanoseconds of a clock that only moves forward. Made anew for each subscription or materialisation.
 *
 * @param <I> what comes in
 * @param <O> what goes out
 */
public interface Relay<I extends FlowElement, O extends FlowElement> {

    /** Nothing changes by time alone. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Called once, before anything else.
     *
     * @param again may be run from any thread, when this relay may answer otherwise though nothing was signalled; costs
     *     little, and does nothing after the end
     */
    default void onWake(Runnable again) {}

    /**
     * Takes an element over.
     *
     * @throws RuntimeException to end the stream; the element is then still the caller's, who releases it
     */
    void take(I element, long now);

    /** What is to be handed on now, to somebody who wants it, and owns it from here on; null if nothing is. */
    O poll(long now);

    /**
     * How many elements to ask the source for, beyond those it still owes.
     *
     * @param wanted elements wanted downstream and not handed on; {@link Long#MAX_VALUE} for no limit
     * @param owed elements that the source was asked for and that have not come; {@link Long#MAX_VALUE} for no limit
     */
    long ask(long wanted, long owed);

    /** Nothing more comes; what is held still goes out. */
    default void complete() {}

    /** The source failed; what is still to go out before the failure is told stays held, the rest is released. */
    void fail();

    /** True if nothing is left to go out. */
    boolean isEmpty();

    /** Releases everything that is held, at any time. Nothing is called afterwards. */
    void discard();

    /** In how many nanoseconds {@link #poll} may answer otherwise by time alone, or {@link #NEVER}. */
    default long nanosToWait(long now) {
        return NEVER;
    }
}
