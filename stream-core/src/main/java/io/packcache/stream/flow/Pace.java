package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;

/** Pictures at a steady rate. */
public final class Pace {

    private Pace() {}

    /** Makes the state of one stream. */
    public static Relay<VideoFrame, VideoFrame> of(PaceSettings settings, FlowObserver observer) {
        return switch (settings.late()) {
            case SKIP -> new SkippingPace(settings, observer);
            case HOLD -> new HoldingPace(settings, observer);
        };
    }
}
