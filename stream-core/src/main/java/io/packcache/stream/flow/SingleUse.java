package io.packcache.stream.flow;

import io.packcache.stream.sink.FrameSink;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** A sink that one stream may write to, because it is closed when that stream ends. */
public final class SingleUse {

    private final FrameSink sink;
    private final AtomicBoolean used = new AtomicBoolean();

    public SingleUse(FrameSink sink) {
        this.sink = Objects.requireNonNull(sink, "sink");
    }

    /**
     * The sink, to the first who asks.
     *
     * @throws IllegalStateException for everybody else
     */
    public FrameSink claim() {
        if (!used.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "this sink was already written to; a sink serves one subscription, so make another one");
        }
        return sink;
    }
}
