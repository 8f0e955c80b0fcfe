package io.packcache.operators.reactor;

import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.session.FramePublisher;
import io.packcache.stream.session.GeneratedFrame;
import java.util.stream.Stream;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;

/** The source of a stream of frames; operators find it when they are assembled, so that they can be checked against it. */
final class FluxGeneration extends Flux<GeneratedFrame> implements Scannable {

    private final FramePublisher frames;

    private FluxGeneration(FramePublisher frames) {
        this.frames = frames;
    }

    static Flux<GeneratedFrame> of(FramePublisher frames) {
        return onAssembly(new FluxGeneration(frames));
    }

    /**
     * Refuses a policy that the model at the source cannot serve; says nothing if the source cannot be found.
     *
     * @throws IllegalArgumentException naming what the model cannot tell
     */
    static void check(Flux<GeneratedFrame> stream, CompactionPolicy policy) {
        Scannable last = Scannable.from(stream);
        Stream.concat(Stream.of(last), last.parents())
                .filter(FluxGeneration.class::isInstance)
                .forEach(source -> ((FluxGeneration) source).frames.model().check(policy));
    }

    @Override
    public void subscribe(CoreSubscriber<? super GeneratedFrame> actual) {
        frames.subscribe(actual);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }
}
