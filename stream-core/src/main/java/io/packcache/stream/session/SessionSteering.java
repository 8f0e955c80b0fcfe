package io.packcache.stream.session;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.Steering;
import io.packcache.stream.model.Clip;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What was asked of a session and is not done yet, and the epoch that follows from it. Asking comes from any thread;
 * doing is left to the session, between two frames. Never calls out while it holds its own lock.
 */
final class SessionSteering implements Steering {

    /** Another prompt, already in the model's own terms. */
    record Change(String prompt, Clip clip, PromptMode mode, CompletableFuture<Epoch> begun) {}

    private final Function<String, Clip> reading;
    private final Supplier<RuntimeException> refusal;

    private Change change;
    private volatile Epoch epoch = new Epoch(0, this);
    private volatile boolean paused;
    private volatile boolean waiting;
    private volatile Runnable wake = () -> {};

    /**
     * @param reading turns a prompt into the clip it asks for, or refuses it
     * @param refusal why the session can do nothing any more; null while it can
     */
    SessionSteering(Function<String, Clip> reading, Supplier<RuntimeException> refusal) {
        this.reading = reading;
        this.refusal = refusal;
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
    public CompletionStage<Epoch> switchPrompt(String prompt, PromptMode mode) {
        Clip clip = reading.apply(prompt);
        Change next = new Change(prompt, clip, mode, new CompletableFuture<>());
        Change overtaken;
        synchronized (this) {
            admit();
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

    /** The newest change asked for, to be done now; null if there is none. */
    synchronized Change takeChange() {
        Change taken = change;
        change = null;
        waiting = false;
        return taken;
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
        Change left = takeChange();
        if (left != null) {
            left.begun.completeExceptionally(reason);
        }
    }
}
