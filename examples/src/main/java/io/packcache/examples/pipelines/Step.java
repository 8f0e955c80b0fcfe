package io.packcache.examples.pipelines;

import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import java.util.function.Function;
import reactor.core.publisher.Flux;

/** What an operator of a pipeline file acts on. */
sealed interface Step {

    /** Compacts the cache with the pipeline's policy in place of the plain {@code packCache}. */
    record Compaction(Function<CompactionPolicy, Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>>> operator)
            implements Step {}

    /** Acts on latent frames, right after the cache was compacted. */
    record OnFrames(Function<Flux<GeneratedFrame>, Flux<GeneratedFrame>> operator) implements Step {}

    /** Acts on pictures. */
    record OnPictures(Function<Flux<VideoFrame>, Flux<VideoFrame>> operator) implements Step {}
}
