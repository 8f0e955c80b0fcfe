package io.packcache.stream.session;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import java.util.Set;
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
        /** A frame or a compaction failed; the session can only be closed. */
        FAILED,
        /** All memory was given back. */
        CLOSED
    }

    private final VideoModel model;
    private final GenerationRequest request;
    private final ClipRun run;

    /** Held while a frame is generated, the cache is changed, or memory is freed. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile State state = State.OPEN;
    private volatile boolean cancelled;
    private volatile boolean closing;
    private volatile long delivered;
    private Lease lease;

    GenerationSession(VideoModel model, GenerationRequest request) {
        this.model = model;
        this.request = request;
        this.run = new ClipRun(model, request, () -> cancelled || closing);
    }

    public GenerationRequest request() {
        return request;
    }

    public State state() {
        return state;
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
     * @throws GenerationException if the frame failed; the session can only be closed afterwards
     * @throws SessionStateException if the session failed or was closed, or the video is complete
     */
    public GeneratedFrame next() {
        lock.lock();
        try {
            admit();
            endLease();
            state = State.GENERATING;
            Lease next = new Lease();
            GeneratedFrame frame = run.next(delivered, next);
            lease = next;
            delivered = frame.number() + 1;
            state = State.OPEN;
            return frame;
        } catch (CancellationException e) {
            cancelled = false;
            undo(e, State.OPEN);
            throw e;
        } catch (SessionStateException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            GenerationException failure = run.failure(delivered, e);
            undo(failure, State.FAILED);
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    private void admit() {
        if (state == State.FAILED) {
            throw new SessionStateException(state, "generate", "close it and open another one");
        }
        if (closing) {
            throw new SessionStateException(State.CLOSED, "generate", "open another one");
        }
        if (!hasNext()) {
            throw new SessionStateException(
                    state, "go on", "all " + delivered + " latent frames were delivered, so ask hasNext() first");
        }
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
        lock.lock();
        try {
            if (state != State.CLOSED) {
                state = State.CLOSED;
                endLease();
                run.close();
            }
        } finally {
            lock.unlock();
            model.closed(this);
        }
    }

    private CacheLease.Residency compact(CompactionPlan plan) {
        try {
            return run.compact(plan);
        } catch (IllegalArgumentException e) {
            // Refused before anything moved.
            throw e;
        } catch (RuntimeException | Error e) {
            state = State.FAILED;
            throw e;
        }
    }

    private void endLease() {
        if (lease != null) {
            lease.ended = true;
            lease = null;
        }
    }

    /** The lease that goes out with one frame. */
    private final class Lease implements CacheLease {

        private volatile boolean ended;
        private final long frame = delivered;

        @Override
        public CacheView view(Set<Signal> signals) {
            return whileItLasts(run -> run.decoder().view(signals));
        }

        @Override
        public Residency apply(CompactionPlan plan) {
            return whileItLasts(run -> compact(plan));
        }

        private <T> T whileItLasts(Function<ClipRun, T> use) {
            refuseIfEnded();
            lock.lock();
            try {
                refuseIfEnded();
                return use.apply(run);
            } finally {
                lock.unlock();
            }
        }

        private void refuseIfEnded() {
            if (ended) {
                throw new IllegalStateException("the cache lease of latent frame " + frame
                        + " has ended, because its session " + (closing ? "was closed" : "went on to the next frame")
                        + "; packCache must stand directly after generate, before any operator that prefetches or"
                        + " changes thread");
            }
        }
    }
}
