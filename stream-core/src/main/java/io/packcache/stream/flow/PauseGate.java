package io.packcache.stream.flow;

import io.packcache.stream.frame.Steering;
import io.packcache.stream.frame.VideoFrame;
import java.util.Objects;

/**
 * Where a stream of pictures is stopped: what has passed counts as shown. Holds at most one picture, and drops those of
 * an epoch that is over. Thread-safe, because whoever pauses is not the stream.
 */
public final class PauseGate implements Relay<VideoFrame, VideoFrame> {

    /** No picture was shown yet. */
    private static final long NONE = -1;

    private final PauseControl control;
    private final FlowObserver observer;

    private Runnable again = () -> {};
    private Steering steering;
    private PauseMode mode;
    private VideoFrame held;
    private long shown = NONE;
    private boolean rolledBack;

    /**
     * @param control what pauses it; serves no other gate until this one has ended
     * @throws IllegalStateException if it serves one now
     */
    public PauseGate(PauseControl control, FlowObserver observer) {
        this.control = Objects.requireNonNull(control, "control");
        this.observer = observer;
        control.attach(this);
    }

    @Override
    public synchronized void onWake(Runnable wake) {
        again = wake;
    }

    void pause(PauseMode wanted) {
        Runnable wake;
        synchronized (this) {
            if (steering != null) {
                stop(wanted);
            }
            mode = wanted;
            wake = again;
        }
        wake.run();
    }

    /** Asks the session for what the mode needs of it. */
    private void stop(PauseMode wanted) {
        if (wanted == PauseMode.ROLL_BACK) {
            steering.rollBack(shown);
            rolledBack = true;
        }
        if (wanted != PauseMode.HOLD) {
            steering.pause();
        }
    }

    void resume() {
        Runnable wake;
        synchronized (this) {
            mode = null;
            if (steering != null) {
                steering.resume();
            }
            wake = again;
        }
        wake.run();
    }

    @Override
    public synchronized void take(VideoFrame picture, long now) {
        if (held != null) {
            throw new IllegalStateException("picture " + picture.pts() + " came without being asked for");
        }
        if (steering == null) {
            steering = picture.epoch().steering();
            if (mode != null) {
                stop(mode);
            }
        }
        held = picture;
    }

    @Override
    public synchronized VideoFrame poll(long now) {
        dropOutdated();
        if (held == null || (mode != null && mode != PauseMode.DRAIN)) {
            return null;
        }
        VideoFrame next = held;
        held = null;
        shown = next.pts();
        return next;
    }

    private void dropOutdated() {
        // After a roll back the frame that was shown in part is made again whole.
        if (held != null && (held.epoch().isOver() || (rolledBack && held.pts() <= shown))) {
            held.release();
            held = null;
            observer.dropped(FlowObserver.Drop.OLD_EPOCH, 1);
        }
    }

    @Override
    public synchronized long ask(long wanted, long owed) {
        dropOutdated();
        boolean open = mode == null || mode == PauseMode.DRAIN;
        return open && held == null && wanted > 0 && owed == 0 ? 1 : 0;
    }

    @Override
    public synchronized void fail() {
        discardHeld();
    }

    @Override
    public synchronized boolean isEmpty() {
        dropOutdated();
        return held == null;
    }

    @Override
    public void discard() {
        control.detach(this);
        synchronized (this) {
            discardHeld();
        }
    }

    private void discardHeld() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
