package io.packcache.operators.tck;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import io.packcache.operators.Row;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.IdentityProcessorVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Factory;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/**
 * The Reactive Streams rules for processors, which are those of publishers and of subscribers, on every operator that hands
 * on all it gets, in both libraries. The kit sends and receives numbers; a picture or a latent frame is made of each, and
 * released at the far end.
 */
@Test
public class ProcessorTckTest extends IdentityProcessorVerification<Integer> {

    private static final long PATIENCE_MILLIS = 2000;
    private static final long SILENCE_MILLIS = 50;

    /**
     * The kit sleeps so long before it looks for an error or for a subscriber that was to be forgotten, and looks once. In
     * Reactor's operators both have happened when the call that causes them returns.
     */
    private static final long AT_ONCE_MILLIS = 1;

    /** The same where actors need their time. */
    private static final long SOON_MILLIS = 500;

    private final KitRun kit = new KitRun();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HandmadeFrames made = new HandmadeFrames();

    private final String name;
    private final Function<ProcessorTckTest, Processor<Integer, Integer>> making;

    /** For TestNG, which makes the class once more than it uses it. */
    public ProcessorTckTest() {
        this("none", AT_ONCE_MILLIS, test -> OperatorProcessor.of(numbers -> numbers));
    }

    private ProcessorTckTest(
            String name, long pollMillis, Function<ProcessorTckTest, Processor<Integer, Integer>> making) {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, pollMillis), pollMillis);
        this.name = name;
        this.making = making;
    }

    @Factory
    public static Object[] operators() {
        List<Object> all = new ArrayList<>();
        Row.operators().stream().filter(Row::passesAll).forEach(row -> {
            all.add(new ProcessorTckTest("Reactor " + row, AT_ONCE_MILLIS, test -> test.onReactor(row)));
            all.add(new ProcessorTckTest("Akka " + row, SOON_MILLIS, test -> test.onAkka(row)));
        });
        return all.toArray();
    }

    private <I extends FlowElement> Processor<Integer, Integer> onReactor(Row<I> row) {
        return OperatorProcessor.of(numbers -> Flux.from(row.flux().apply(numbers.map(number -> element(row, number))))
                .map(ProcessorTckTest::number));
    }

    private <I extends FlowElement> Processor<Integer, Integer> onAkka(Row<I> row) {
        Flow<Integer, Integer, NotUsed> flow = Flow.of(Integer.class)
                .map(number -> element(row, number))
                .via(row.flow().get())
                .map(ProcessorTckTest::number);
        return flow.toProcessor().run(kit.system());
    }

    /** An element that knows its number: a picture by its time, a latent frame by that of its only picture. */
    @SuppressWarnings("unchecked")
    private <I extends FlowElement> I element(Row<I> row, int number) {
        GeneratedFrame frame = made.at(number);
        return row.frames() ? (I) frame : (I) frame.takePictures().get(0);
    }

    private static Integer number(Object element) {
        if (element instanceof GeneratedFrame frame) {
            return number(frame.takePictures().get(0));
        }
        try (VideoFrame picture = (VideoFrame) element) {
            return (int) picture.pts();
        }
    }

    @Override
    public Processor<Integer, Integer> createIdentityProcessor(int bufferSize) {
        return making.apply(this);
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        Processor<Integer, Integer> processor = making.apply(this);
        Flux.<Integer>error(new ArithmeticException("not a number")).subscribe(processor);
        return processor;
    }

    @Override
    public long maxSupportedSubscribers() {
        return 1;
    }

    @Override
    public Integer createElement(int number) {
        return number;
    }

    @Override
    public ExecutorService publisherExecutorService() {
        return threads;
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    @BeforeMethod
    public void setUp() throws Exception {
        kit.begin();
        super.setUp();
    }

    @Override
    @Test
    public void required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber()
            throws Throwable {
        KitRun.collecting(super::required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber);
    }

    @AfterMethod(alwaysRun = true)
    public void tearDown() {
        kit.end();
    }

    @AfterClass(alwaysRun = true)
    public void stop() {
        threads.shutdownNow();
        kit.close();
    }
}
