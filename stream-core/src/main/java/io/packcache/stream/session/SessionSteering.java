package io.packcache.stream.session;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.Steering;
import io.packcache.stream.model.Clip;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * What was asked of a session and is not done yet, and the epoch that follows from it. Asking comes from any thread;
 * doing is left to the session, between two frames. Never calls out while it holds its own lock.
 */
final class SessionSteering implements Steering {

    /** Another prompt, already in the model's own terms. */
    record Change(String prompt, Clip clip, PromptMode mode, CompletableFuture<Epoch> begun) {}

    /**
     * What is to be done before the next frame, in this order.
     *
     * @param back state to go back to, or null
     * @param change to another prompt, or null
     */
    record Asked(ClipRun.State back, Change change) {}

    private final Function<String, Clip> reading;
    private final Supplier<RuntimeException> refusal;
    private final LongFunction<ClipRun.State> past;

    private String prompt;
    private Change change;
    private ClipRun.State back;
    private volatile Epoch epoch;
    private volatile boolean paused;
    private volatile boolean waiting;
    private volatile Runnable wake = () -> {};

    /**
     * @param reading turns a prompt into the clip it asks for, or refuses it
     * @param prompt on air at the start
     * @param firstEpoch number of the epoch that the first pictures belong to
     * @param refusal why the session can do nothing any more; null while it can
     * @param past the state to go back to when a picture was the last one shown; null if nothing was made after it
     */
    SessionSteering(
            String prompt,
            long firstEpoch,
            Function<String, Clip> reading,
            Supplier<RuntimeException> refusal,
            LongFunction<ClipRun.State> past) {
        this.prompt = prompt;
        this.epoch = new Epoch(firstEpoch, this);
        this.reading = reading;
        this.refusal = refusal;
        this.past = past;
    }

    /** Called whenever a session that waits may have reason to go on. */
    void onWake(Runnable callback) {
        wake = callback;
    }

    /** When the picture made now is made. */
    Epoch epoch() {
        return epoch;
    }

    boolean paused() {
        return paused;
    }

    /** Whether something is to be done before the next frame, so that the one being made is in vain. */
    boolean waiting() {
        return waiting;
    }

    @Override
    public CompletionStage<Epoch> switchPrompt(String other, PromptMode mode) {
        Clip clip = reading.apply(other);
        Change next = new Change(other, clip, mode, new CompletableFuture<>());
        Change overtaken;
        synchronized (this) {
            admit();
            prompt = other;
            overtaken = change;
            change = next;
            waiting = true;
            epoch.end();
        }
        if (overtaken != null) {
            overtaken.begun.completeExceptionally(new CancellationException("a newer prompt came"));
        }
        // A copy, so that the caller cannot complete what the session waits with.
        return next.begun.minimalCompletionStage();
    }

    @Override
    public CompletionStage<Epoch> reanchor(PromptMode mode) {
        String same;
        synchronized (this) {
            same = prompt;
        }
        return switchPrompt(same, mode);
    }

    @Override
    public synchronized long rollBack(long shown) {
        admit();
        ClipRun.State state = past.apply(shown);
        if (state == null) {
            return shown + 1;
        }
        if (back == null || state.number() < back.number()) {
            back = state;
        }
        waiting = true;
        epoch.end();
        return state.pts();
    }

    @Override
    public synchronized void pause() {
        admit();
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        wake.run();
    }

    private void admit() {
        RuntimeException reason = refusal.get();
        if (reason != null) {
            throw reason;
        }
    }

    /** What was asked for, to be done now; null if nothing was. */
    synchronized Asked take() {
        Asked asked = back == null && change == null ? null : new Asked(back, change);
        back = null;
        change = null;
        waiting = false;
        return asked;
    }

    /** Begins the epoch of what was just done, or could not be done. */
    synchronized Epoch beginEpoch() {
        Epoch next = new Epoch(epoch.number() + 1, this);
        if (waiting) {
            // Something newer was asked for meanwhile.
            next.end();
        }
        epoch = next;
        return next;
    }

    /** The session has ended: what was not done will never be. */
    void close(RuntimeException reason) {
        Asked left = take();
        if (left != null && left.change != null) {
            left.change.begun.completeExceptionally(reason);
        }
    }
}
