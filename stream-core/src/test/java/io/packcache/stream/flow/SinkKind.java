package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.RecordingSink;
import java.util.List;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Subscriber;

/** The kinds of subscribers that the standard's kit checks. */
enum SinkKind {
    ONE,
    TEE,
    JDK;

    SinkSubscriber<?> make() {
        return this == TEE ? tee() : SinkSubscriber.to(new RecordingSink());
    }

    /** As the source of its pictures sees it. */
    Subscriber<VideoFrame> seen(SinkSubscriber<?> subscriber) {
        return this == JDK ? FlowAdapters.toSubscriber(JdkFlow.subscriber(subscriber)) : subscriber;
    }

    private static SinkSubscriber<TeeSummary> tee() {
        List<TeeBranch> branches =
                List.of(TeeBranch.every("a", new RecordingSink()), TeeBranch.every("b", new RecordingSink()));
        return new SinkSubscriber<TeeSummary>(end -> new Tee(branches, FlowObserver.NONE, end));
    }
}
