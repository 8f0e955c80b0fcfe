package io.packcache.stream.flow;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.VideoFrame;
import java.time.Duration;

/** One picture in every slot: the next one, or the last one once more. */
public final class HoldingPace extends QueueRelay {

    private static final Duration ANY = Duration.ofNanos(Long.MAX_VALUE);

    private final PaceSettings settings;
    private final FlowObserver observer;
    private final PaceClock clock = new PaceClock(ANY);
    private boolean ended;
    private long slot;

    /** The picture that went out last, held for as long as it may go out again. */
    private VideoFrame last;

    /** Makes the state of one stream. */
    public HoldingPace(PaceSettings settings, FlowObserver observer) {
        super(1, OverflowStrategy.BACKPRESSURE, observer);
        this.settings = settings;
        this.observer = observer;
    }

    @Override
    public VideoFrame poll(long now) {
        long wait = nanosToWait(now);
        if (wait > 0 || (ended && isEmpty())) {
            return null;
        }
        slot += -wait / settings.nanos(1);
        VideoFrame next = queue.poll();
        return next == null ? again() : fresh(next);
    }

    private VideoFrame fresh(VideoFrame picture) {
        forget();
        last = picture;
        return last.restamped(slot++, settings.slot(), last.epoch());
    }

    /** Of no epoch, so that a change of prompt leaves the last picture on the screen until a new one comes. */
    private VideoFrame again() {
        observer.held();
        return last.restamped(slot++, settings.slot(), Epoch.NONE);
    }

    @Override
    public long nanosToWait(long now) {
        if (last == null && queue.size() == 0) {
            return NEVER;
        }
        return clock.nanosUntilDue(settings.nanos(slot), now);
    }

    @Override
    public void complete() {
        ended = true;
    }

    @Override
    public void fail() {
        ended = true;
    }

    @Override
    public void discard() {
        super.discard();
        forget();
    }

    private void forget() {
        if (last != null) {
            last.release();
            last = null;
        }
    }
}
