package io.packcache.operators.tck;

import akka.stream.javadsl.Sink;
import io.packcache.operators.akka.PackcacheSink;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.RecordingSink;
import java.util.List;

/** The sinks for Akka Streams that the standard's kit checks. */
enum AkkaSinkKind {
    TO,
    TEE;

    Sink<VideoFrame, ?> make() {
        return this == TO
                ? PackcacheSink.to(new RecordingSink())
                : PackcacheSink.tee(List.of(TeeBranch.every("a", new RecordingSink())));
    }
}
