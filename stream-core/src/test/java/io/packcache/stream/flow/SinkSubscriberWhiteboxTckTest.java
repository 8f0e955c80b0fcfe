package io.packcache.stream.flow;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.ProbedSubscriber;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;

/** The Reactive Streams rules for subscribers, with a probe inside: one sink, several sinks, and through the JDK's interfaces. */
@Test
public class SinkSubscriberWhiteboxTckTest extends SubscriberWhiteboxVerification<VideoFrame> {

    private static final long SILENCE_MILLIS = 100;

    private final SinkKind kind;
    private final List<SinkSubscriber<?>> made = new CopyOnWriteArrayList<>();

    public SinkSubscriberWhiteboxTckTest() {
        this(SinkKind.ONE);
    }

    private SinkSubscriberWhiteboxTckTest(SinkKind kind) {
        super(new TestEnvironment(SILENCE_MILLIS));
        this.kind = kind;
    }

    @Factory
    public static Object[] kinds() {
        return Arrays.stream(SinkKind.values())
                .map(SinkSubscriberWhiteboxTckTest::new)
                .toArray();
    }

    @Override
    public Subscriber<VideoFrame> createSubscriber(WhiteboxSubscriberProbe<VideoFrame> probe) {
        SinkSubscriber<?> subscriber = kind.make();
        made.add(subscriber);
        return new ProbedSubscriber<>(kind.seen(subscriber), subscriber::cancel, probe);
    }

    /** The kit leaves streams open; their sinks' threads must not outlive a test. */
    @AfterMethod
    public void endSinks() {
        made.forEach(SinkSubscriber::cancel);
        made.clear();
    }

    @Override
    public VideoFrame createElement(int number) {
        return VideoFrame.unpooled(1, 1, number, new TimeBase(1, 12), new byte[3]);
    }
}
