package io.packcache.stream.flow;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What one stream may have, because it is closed when that stream ends.
 *
 * @param <T> a sink, or several
 */
public final class SingleUse<T> {

    private final T thing;
    private final AtomicBoolean used = new AtomicBoolean();

    public SingleUse(T thing) {
        this.thing = Objects.requireNonNull(thing, "sink");
    }

    /**
     * The thing, for the first who asks.
     *
     * @throws IllegalStateException for everybody else
     */
    public T claim() {
        if (!used.compareAndSet(false, true)) {
            throw new IllegalStateException(
                    "this sink was already written to; a sink serves one subscription, so make another one");
        }
        return thing;
    }
}
