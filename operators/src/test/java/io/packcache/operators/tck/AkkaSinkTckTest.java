package io.packcache.operators.tck;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.packcache.operators.akka.PackcacheSink;
import io.packcache.stream.flow.TeeBranch;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.RecordingSink;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberBlackboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;

/** The Reactive Streams rules for subscribers, seen from outside, on Akka's sinks. */
@Test
public class AkkaSinkTckTest extends SubscriberBlackboxVerification<VideoFrame> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 100;

    private static final ActorSystem SYSTEM = ActorSystem.create("tck");

    private final String name;
    private final Supplier<Sink<VideoFrame, ?>> making;

    /** For TestNG, which makes the class once more than it uses it. */
    public AkkaSinkTckTest() {
        this("none", Sink::ignore);
    }

    private AkkaSinkTckTest(String name, Supplier<Sink<VideoFrame, ?>> making) {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS));
        this.name = name;
        this.making = making;
    }

    @Factory
    public static Object[] sinks() {
        return new Object[] {
            new AkkaSinkTckTest("to", () -> PackcacheSink.to(new RecordingSink())),
            new AkkaSinkTckTest("tee", () -> PackcacheSink.tee(List.of(TeeBranch.every("a", new RecordingSink()))))
        };
    }

    @Override
    public Subscriber<VideoFrame> createSubscriber() {
        return Source.<VideoFrame>asSubscriber().to(making.get()).run(SYSTEM);
    }

    @Override
    public VideoFrame createElement(int number) {
        return VideoFrame.unpooled(1, 1, number, new TimeBase(1, 12), new byte[3]);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Ends the streams that the kit left open, and with them their sinks' threads. */
    @AfterClass(alwaysRun = true)
    public static void stop() throws Exception {
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
