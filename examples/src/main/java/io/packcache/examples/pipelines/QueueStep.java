package io.packcache.examples.pipelines;

import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.spec.SettingException;

/**
 * {@code {"operator": "boundedQueue"}}.
 *
 * @param capacity pictures that may wait, at least 1
 * @param overflow what a full queue does with one more
 */
public record QueueStep(int capacity, OverflowStrategy overflow) {

    static final QueueStep DEFAULTS = new QueueStep(5, OverflowStrategy.BACKPRESSURE);

    public QueueStep {
        SettingException.requireBetween("capacity", capacity, 1, Integer.MAX_VALUE);
    }
}
