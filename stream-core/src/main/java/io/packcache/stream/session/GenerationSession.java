package io.packcache.stream.session;

import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.Steering;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One clip being generated, latent frame by latent frame: the pull side of {@link FramePublisher}.
 *
 * <p>The first {@link #next()} reads text and condition into the caches of both guidance branches; each call then decodes
 * one latent frame against a history that only changes when the frame is committed, or by the frame's
 * {@linkplain GeneratedFrame#lease() lease} before the next call. A conditioning frame given by the user is delivered
 * like the others, as the model sees it.
 *
 * <p>Thread: any, one at a time; {@link #cancel()} and {@link #close()} from any thread at any time.
 */
public final class GenerationSession implements AutoCloseable {

    /** Where a session stands. */
    public enum State {
        /** Ready for the next frame. */
        OPEN,
        /** A frame is being generated. */
        GENERATING,
        /** Ready, and asked not to go on before it is {@linkplain Steering#resume() resumed}. */
        PAUSED,
        /** The history is being carried over to another prompt. */
        SWITCHING,
        /** A frame or a compaction failed; the session may {@linkplain GenerationSession#recover() recover}. */
        FAILED,
        /** All memory was given back. */
        CLOSED
    }

    private final VideoModel model;
    private final GenerationRequest request;
    private final ClipRun run;
    private final SessionSteering steering;
    private final Rewind rewind;

    /** Held while a frame is generated, the cache is changed, or memory is freed. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile State state = State.OPEN;
    private volatile boolean cancelled;
    private volatile boolean closing;
    private volatile boolean begunAgain;
    private volatile long delivered;
    private SessionLease lease;
    private SessionSteering.Change latest;

    GenerationSession(VideoModel model, GenerationRequest request) {
        this(model, request, 0);
    }

    /** @param firstEpoch of the pictures to come */
    GenerationSession(VideoModel model, GenerationRequest request, long firstEpoch) {
        this.model = model;
        this.request = request;
        GenerationRequest alone = request.withCondition(List.of());
        this.steering = new SessionSteering(
                request.prompt(),
                firstEpoch,
                prompt -> model.clip(alone.withPrompt(prompt)),
                () -> refusal("be steered"),
                this::past);
        this.run = new ClipRun(model, request, this::givenUp, steering::epoch);
        this.rewind = new Rewind(request.rewind());
    }

    /** What was asked for at the start; prompts that came later do not show in it. */
    public GenerationRequest request() {
        return request;
    }

    /** Goes on from a state of another session, before anything was asked of this one. */
    void goOnFrom(ClipRun.State saved) {
        lock.lock();
        try {
            run.restore(saved);
            delivered = saved.number();
        } finally {
            lock.unlock();
        }
    }

    void save(Path file) {
        if (model.fingerprint().isEmpty()) {
            throw new UnsupportedOperationException(
                    "this model has no fingerprint, so a state of it could not be told from those of others");
        }
        SessionFile.write(
                file,
                model.fingerprint(),
                run.state(delivered, null),
                steering.epoch().number());
    }

    public State state() {
        State now = state;
        return now == State.OPEN && steering.paused() ? State.PAUSED : now;
    }

    /** The way to change prompt or pace while frames are generated; also carried by every picture. */
    public Steering steering() {
        return steering;
    }

    /** Called whenever a session that waits may have reason to go on, from any thread. */
    void onWake(Runnable callback) {
        steering.onWake(callback);
    }

    /** True until every latent frame that was asked for has been delivered. */
    public boolean hasNext() {
        return delivered < request.latentFrames();
    }

    /**
     * Generates the next latent frame and ends the lease of the one before.
     *
     * @return the frame; the caller owns it
     * @throws CancellationException if the frame was cancelled: the caches are as of the frame before, and the next call
     *     begins the same frame again
     * @throws GenerationException if the frame failed: the caches hold no part of it, see {@link #recover()}
     * @throws SessionStateException if the session is paused, failed or closed, or the video is complete
     */
    public GeneratedFrame next() {
        GeneratedFrame frame = poll();
        if (frame == null) {
            throw new SessionStateException(State.PAUSED, "generate", "resume it first");
        }
        return frame;
    }

    /** The same, but null while paused. */
    GeneratedFrame poll() {
        lock.lock();
        try {
            admit();
            endLease();
            begunAgain = false;
            GeneratedFrame frame = null;
            while (frame == null) {
                steer();
                if (steering.paused()) {
                    return null;
                }
                frame = generate();
            }
            return frame;
        } finally {
            lock.unlock();
        }
    }

    /** One attempt; null if the frame was given up because something else was asked for. */
    private GeneratedFrame generate() {
        state = State.GENERATING;
        try {
            rewind.note(run, delivered);
            SessionLease next = new SessionLease(this, delivered);
            GeneratedFrame frame = run.next(delivered, next);
            lease = next;
            delivered = frame.number() + 1;
            state = State.OPEN;
            return frame;
        } catch (CancellationException e) {
            undo(e, State.OPEN);
            if (!cancelled && !closing && state == State.OPEN) {
                begunAgain = true;
                return null;
            }
            cancelled = false;
            throw e;
        } catch (RuntimeException | Error e) {
            GenerationException failure = run.failure(delivered, e);
            undo(failure, State.FAILED);
            throw failure;
        }
    }

    /** Whether the frame being made is in vain. A second attempt is not given up for what is asked meanwhile. */
    private boolean givenUp() {
        return cancelled || closing || (steering.waiting() && !begunAgain);
    }

    /** The state to go back to when {@code shown} was the last picture shown; null if none was made after it. */
    private ClipRun.State past(long shown) {
        return shown + 1 == run.pts() ? null : rewind.before(shown);
    }

    /** Does what was asked for since the last frame. */
    private void steer() {
        SessionSteering.Asked asked = steering.take();
        if (asked == null) {
            return;
        }
        SessionSteering.Change change = asked.change();
        state = State.SWITCHING;
        RuntimeException failure = null;
        try {
            if (asked.back() != null) {
                goBack(asked.back());
            }
            if (change != null) {
                run.switchPrompt(change.prompt(), change.clip(), change.mode());
                latest = change;
            }
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            state = run.intact() ? State.OPEN : State.FAILED;
        }
        // Also after a failure: pictures of the epoch before are not wanted any more.
        Epoch epoch = steering.beginEpoch();
        if (change != null && failure == null) {
            change.begun().complete(epoch);
        } else if (change != null) {
            change.begun().completeExceptionally(failure);
        }
        if (state == State.FAILED || (change == null && failure != null)) {
            throw failure;
        }
    }

    private void goBack(ClipRun.State to) {
        run.restore(to);
        rewind.backTo(to);
        delivered = to.number();
        // The prompt of today, not of then.
        if (to.changes() < run.changes()) {
            PromptMode mode = to.cuts() < run.cuts() ? PromptMode.RESET : latest.mode();
            run.switchPrompt(latest.prompt(), latest.clip(), mode);
        }
    }

    private void admit() {
        RuntimeException refusal = refusal("generate");
        if (refusal != null) {
            throw refusal;
        }
        if (!hasNext()) {
            throw new SessionStateException(
                    state, "go on", "all " + delivered + " latent frames were delivered, so ask hasNext() first");
        }
    }

    /** Why nothing can be asked of the session; null while it can. */
    private SessionStateException refusal(String what) {
        if (closing) {
            return new SessionStateException(State.CLOSED, what, "open another one");
        }
        if (state == State.FAILED) {
            return new SessionStateException(state, what, "recover it, or close it and open another one");
        }
        return null;
    }

    private void undo(Throwable reason, State after) {
        try {
            run.rollback();
            state = after;
        } catch (RuntimeException | Error e) {
            state = State.FAILED;
            reason.addSuppressed(e);
        }
    }

    /**
     * Goes on after a failed frame: the caches are as of the last frame delivered, and the next call begins the frame that
     * failed again. If what failed had changed the cache or the picture decoder half-way, it goes back to the newest state
     * that {@link GenerationRequest#rewind} keeps.
     *
     * @throws SessionStateException if the session has not failed; or there is no state to go on from
     */
    public void recover() {
        lock.lock();
        try {
            if (closing || state != State.FAILED) {
                throw new SessionStateException(
                        closing ? State.CLOSED : state(), "recover", "only a failed session can");
            }
            if (!run.intact()) {
                ClipRun.State newest = rewind.newest();
                if (newest == null) {
                    throw new SessionStateException(
                            state,
                            "recover",
                            "what failed was half done and the request keeps no state to go back to; close it and open"
                                    + " another one");
                }
                goBack(newest);
            }
            state = State.OPEN;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Cancels the frame being generated; if none is, the next one. {@link #next()} ends with a
     * {@link CancellationException} after the piece of work it is at: one refinement step or, before the first frame,
     * the reading of the condition or of the prompt. A frame whose store pass has begun, or a conditioning frame whose
     * pictures are being decoded, is finished, and the one after it is cancelled.
     */
    public void cancel() {
        cancelled = true;
    }

    /**
     * Gives all memory back, whatever happened before. Ends a frame being generated within one refinement step. Closing
     * twice does nothing.
     */
    @Override
    public void close() {
        closing = true;
        steering.close(refusal("switch its prompt"));
        lock.lock();
        try {
            if (state != State.CLOSED) {
                state = State.CLOSED;
                endLease();
                rewind.close();
                run.close();
            }
        } finally {
            lock.unlock();
            model.closed(this);
        }
    }

    /**
     * For a lease that lasts: something done to the clip while no frame is being made and nobody else does anything to it.
     *
     * @param check refuses when the lease has ended, before and after waiting for those
     */
    <T> T alone(Runnable check, Function<ClipRun, T> use) {
        check.run();
        lock.lock();
        try {
            check.run();
            return use.apply(run);
        } finally {
            lock.unlock();
        }
    }

    boolean closing() {
        return closing;
    }

    CacheLease.Residency compact(CompactionPlan plan) {
        try {
            return run.compact(plan);
        } catch (RuntimeException | Error e) {
            if (!run.intact()) {
                state = State.FAILED;
            }
            throw e;
        }
    }

    private void endLease() {
        if (lease != null) {
            lease.end();
            lease = null;
        }
    }
}
