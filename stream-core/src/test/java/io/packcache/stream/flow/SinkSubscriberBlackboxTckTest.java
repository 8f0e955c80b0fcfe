package io.packcache.stream.flow;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.RecordingSink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.FlowAdapters;
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

    private enum Kind {
        ONE,
        TEE,
        JDK
    }

    private final Kind kind;
    private final List<SinkSubscriber<?>> made = new CopyOnWriteArrayList<>();

    public SinkSubscriberBlackboxTckTest() {
        this(Kind.ONE);
    }

    private SinkSubscriberBlackboxTckTest(Kind kind) {
        super(new TestEnvironment(SILENCE_MILLIS));
        this.kind = kind;
    }

    @Factory
    public static Object[] kinds() {
        return new Object[] {
            new SinkSubscriberBlackboxTckTest(Kind.ONE),
            new SinkSubscriberBlackboxTckTest(Kind.TEE),
            new SinkSubscriberBlackboxTckTest(Kind.JDK)
        };
    }

    @Override
    public Subscriber<VideoFrame> createSubscriber() {
        SinkSubscriber<?> subscriber = kind == Kind.TEE ? tee() : SinkSubscriber.to(new RecordingSink());
        made.add(subscriber);
        return kind == Kind.JDK ? FlowAdapters.toSubscriber(JdkFlow.subscriber(subscriber)) : subscriber;
    }

    /** The kit leaves streams open; their sinks' threads must not outlive a test. */
    @AfterMethod
    public void endSinks() {
        made.forEach(SinkSubscriber::cancel);
        made.clear();
    }

    private static SinkSubscriber<TeeSummary> tee() {
        List<TeeBranch> branches =
                List.of(TeeBranch.every("a", new RecordingSink()), TeeBranch.every("b", new RecordingSink()));
        return new SinkSubscriber<TeeSummary>(end -> new Tee(branches, FlowObserver.NONE, end));
    }

    @Override
    public VideoFrame createElement(int number) {
        return VideoFrame.unpooled(1, 1, number, new TimeBase(1, 12), new byte[3]);
    }
}
