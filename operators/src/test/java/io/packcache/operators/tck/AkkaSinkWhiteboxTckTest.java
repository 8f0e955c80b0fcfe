package io.packcache.operators.tck;

import akka.japi.Pair;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Source;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.ProbedSubscriber;
import java.util.Arrays;
import org.reactivestreams.Subscriber;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;

/**
 * The Reactive Streams rules for subscribers on Akka's sinks, with a probe in what they materialise as. A sink of Akka's
 * cannot be told to cancel; a kill switch before it does.
 */
@Test
public class AkkaSinkWhiteboxTckTest extends SubscriberWhiteboxVerification<VideoFrame> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 100;

    private final KitRun kit = new KitRun();
    private final AkkaSinkKind kind;

    /** For TestNG, which makes the class once more than it uses it. */
    public AkkaSinkWhiteboxTckTest() {
        this(AkkaSinkKind.TO);
    }

    private AkkaSinkWhiteboxTckTest(AkkaSinkKind kind) {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS));
        this.kind = kind;
    }

    @Factory
    public static Object[] kinds() {
        return Arrays.stream(AkkaSinkKind.values())
                .map(AkkaSinkWhiteboxTckTest::new)
                .toArray();
    }

    @Override
    public Subscriber<VideoFrame> createSubscriber(WhiteboxSubscriberProbe<VideoFrame> probe) {
        Pair<Subscriber<VideoFrame>, UniqueKillSwitch> made = Source.<VideoFrame>asSubscriber()
                .viaMat(KillSwitches.single(), Keep.both())
                .to(kind.make())
                .run(kit.system());
        return new ProbedSubscriber<>(made.first(), made.second()::shutdown, probe);
    }

    @Override
    public VideoFrame createElement(int number) {
        return VideoFrame.unpooled(1, 1, number, new TimeBase(1, 12), new byte[3]);
    }

    @Override
    public String toString() {
        return kind.toString();
    }

    @Override
    @BeforeMethod
    public void setUp() throws Exception {
        kit.begin();
        super.setUp();
    }

    @AfterMethod(alwaysRun = true)
    public void tearDown() {
        kit.end();
    }

    @AfterClass(alwaysRun = true)
    public void stop() {
        kit.close();
    }
}
