package io.packcache.stream.session;

import io.packcache.stream.flow.JdkFlow;
import io.packcache.stream.testkit.ScriptedModel;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;

/** The Reactive Streams rules for publishers, as the standard's own kit checks them; also through the JDK's interfaces. */
@Test
public class FramePublisherTckTest extends PublisherVerification<GeneratedFrame> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 100;

    /** The kit sleeps so long before it looks for an error or for a subscriber that was to be forgotten, and looks once. */
    private static final long SOON_MILLIS = 500;

    private final ScriptedModel script = new ScriptedModel();

    private final boolean jdk;

    public FramePublisherTckTest() {
        this(false);
    }

    private FramePublisherTckTest(boolean jdk) {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, SOON_MILLIS), SOON_MILLIS);
        this.jdk = jdk;
    }

    @Factory
    public static Object[] kinds() {
        return new Object[] {new FramePublisherTckTest(false), new FramePublisherTckTest(true)};
    }

    @Override
    public Publisher<GeneratedFrame> createPublisher(long elements) {
        if (elements == 0) {
            return FramePublisherTckTest::completeAtOnce;
        }
        return publisher(script, elements);
    }

    private Publisher<GeneratedFrame> publisher(ScriptedModel model, long frames) {
        return jdk
                ? FlowAdapters.toPublisher(JdkFlow.generate(model.model(), model.request(frames)))
                : new FramePublisher(model.model(), model.request(frames));
    }

    @Override
    public Publisher<GeneratedFrame> createFailedPublisher() {
        ScriptedModel broken = new ScriptedModel();
        broken.onStep((frame, step) -> {
            throw new ArithmeticException("not a number");
        });
        return subscriber -> publisher(broken, 1).subscribe(asking(subscriber));
    }

    @AfterClass
    public void close() {
        script.close();
    }

    /** A video has at least one frame, so that the kit's empty stream comes from elsewhere. */
    private static void completeAtOnce(Subscriber<? super GeneratedFrame> subscriber) {
        subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        });
        subscriber.onComplete();
    }

    /** Demand on behalf of the kit, which expects the failure without asking. */
    private static Subscriber<GeneratedFrame> asking(Subscriber<? super GeneratedFrame> subscriber) {
        return new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscriber.onSubscribe(subscription);
                subscription.request(1);
            }

            @Override
            public void onNext(GeneratedFrame frame) {
                subscriber.onNext(frame);
            }

            @Override
            public void onError(Throwable error) {
                subscriber.onError(error);
            }

            @Override
            public void onComplete() {
                subscriber.onComplete();
            }
        };
    }
}
