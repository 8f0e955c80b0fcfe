package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import java.time.Duration;

/** Pictures one slot apart, as they come; a late one gives way to a newer one. */
public final class SkippingPace extends QueueRelay {

    /** The picture that is due next, and one behind it: without it nobody knows whether a late one may be skipped. */
    static final int HELD = 2;

    private final PaceSettings settings;
    private final PaceClock clock;
    private long slot;

    /** Makes the state of one stream. */
    public SkippingPace(PaceSettings settings, FlowObserver observer) {
        super(HELD, OverflowStrategy.BACKPRESSURE, observer);
        this.settings = settings;
        this.clock = new PaceClock(Duration.ofNanos(settings.nanos(settings.catchUp())));
    }

    @Override
    public VideoFrame poll(long now) {
        while (queue.size() > 0) {
            long wait = nanosToWait(now);
            if (wait > 0) {
                return null;
            }
            slot++;
            if (-wait < settings.nanos(1) || queue.size() < HELD) {
                return queue.poll();
            }
            queue.skip();
        }
        return null;
    }

    @Override
    public long nanosToWait(long now) {
        return queue.size() == 0 ? NEVER : clock.nanosUntilDue(settings.nanos(slot), now);
    }
}
