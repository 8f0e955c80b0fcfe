package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.FramePublisher;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.util.concurrent.Flow;
import org.reactivestreams.FlowAdapters;

/** Generation and sinks in the JDK's own interfaces, {@link java.util.concurrent.Flow}, for whoever uses no library. */
public final class JdkFlow {

    private JdkFlow() {}

    /**
     * Same as {@link FramePublisher}.
     *
     * @throws IllegalArgumentException at once, if the model cannot generate the request
     */
    public static Flow.Publisher<GeneratedFrame> generate(VideoModel model, GenerationRequest request) {
        return FlowAdapters.toFlowPublisher(new FramePublisher(model, request));
    }

    /** A subscriber of the JDK's kind that feeds {@code sink}, which tells the {@linkplain SinkSubscriber#result result}. */
    public static Flow.Subscriber<VideoFrame> subscriber(SinkSubscriber<?> sink) {
        return FlowAdapters.toFlowSubscriber(sink);
    }
}
