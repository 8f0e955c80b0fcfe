package io.packcache.stream.flow;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;

/** The Reactive Streams rules for subscribers, seen from outside: one sink, several sinks, and through the JDK's interfaces. */
@Test
public class SinkSubscriberBlackboxTckTest extends SubscriberBlackboxVerification<VideoFrame> {

    private static final long SILENCE_MILLIS = 100;

    private final SinkKind kind;
    private final List<SinkSubscriber<?>> made = new CopyOnWriteArrayList<>();

    public SinkSubscriberBlackboxTckTest() {
        this(SinkKind.ONE);
    }

    private SinkSubscriberBlackboxTckTest(SinkKind kind) {
        super(new TestEnvironment(SILENCE_MILLIS));
        this.kind = kind;
    }

    @Factory
    public static Object[] kinds() {
        return Arrays.stream(SinkKind.values())
                .map(SinkSubscriberBlackboxTckTest::new)
                .toArray();
    }

    @Override
    public Subscriber<VideoFrame> createSubscriber() {
        SinkSubscriber<?> subscriber = kind.make();
        made.add(subscriber);
        return kind.seen(subscriber);
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
