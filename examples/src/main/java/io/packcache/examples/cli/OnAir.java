package io.packcache.examples.cli;

import static io.packcache.operators.reactor.PackcacheFlux.boundedQueue;
import static io.packcache.operators.reactor.PackcacheFlux.packCache;
import static io.packcache.operators.reactor.PackcacheFlux.promptSwitch;
import static io.packcache.operators.reactor.PackcacheSink.to;

import io.packcache.examples.onair.OnAirMeter;
import io.packcache.examples.onair.Retiming;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.OverflowStrategy;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.sink.FrameSink;
import java.util.function.Consumer;
import org.reactivestreams.Publisher;

/**
 * The stream behind a broadcast: frames are generated and compacted, prompts change them, their pictures go to a sink.
 *
 * @param fps pictures a second
 * @param pictures where it ends by itself
 * @param mode what a new prompt does to the history
 */
record OnAir(
        VideoModel model, GenerationRequest request, CompactionPolicy policy, int fps, long pictures, PromptMode mode) {

    /** What is generated ahead of its time: more than a busy machine holds generation up. A new prompt drops it. */
    private static final int AHEAD_SECONDS = 1;

    /** Broadcasts until the pictures are sent or {@code stop} signals, then closes the sink. */
    void send(
            FrameSink sink,
            OnAirMeter meter,
            Publisher<String> prompts,
            Consumer<PromptEvent> events,
            Publisher<?> stop) {
        Retiming retiming = new Retiming(fps, events);
        PackcacheFlux.generate(model, request)
                .transform(packCache(policy))
                .transform(promptSwitch(prompts, mode, retiming::announce))
                .doOnNext(meter::made)
                .transform(PackcacheFlux.pictures())
                .transform(boundedQueue(AHEAD_SECONDS * fps, OverflowStrategy.BACKPRESSURE))
                .map(retiming::of) // behind the queue: what a new prompt drops there leaves no gap on air
                .take(pictures)
                .takeUntilOther(stop)
                .as(to(sink))
                .block();
    }
}
