package io.packcache.operators.tck;

import akka.NotUsed;
import akka.actor.ActorSystem;
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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.reactivestreams.Processor;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.IdentityProcessorVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterClass;
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

    /** The kit sleeps so long before it looks for an error, and looks once. */
    private static final long POLL_MILLIS = 500;

    /** And so long before it looks whether a subscriber that has cancelled was forgotten. */
    private static final long GARBAGE_MILLIS = 500;

    private static final ActorSystem SYSTEM = ActorSystem.create("tck");
    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    private static final HandmadeFrames MADE = new HandmadeFrames();

    private final String name;
    private final Supplier<Processor<Integer, Integer>> making;

    /** For TestNG, which makes the class once more than it uses it. */
    public ProcessorTckTest() {
        this("none", () -> OperatorProcessor.of(numbers -> numbers));
    }

    private ProcessorTckTest(String name, Supplier<Processor<Integer, Integer>> making) {
        super(new TestEnvironment(PATIENCE_MILLIS, SILENCE_MILLIS, POLL_MILLIS), GARBAGE_MILLIS);
        this.name = name;
        this.making = making;
    }

    @Factory
    public static Object[] operators() {
        List<Object> all = new ArrayList<>();
        Row.operators().stream().filter(Row::passesAll).forEach(row -> {
            all.add(new ProcessorTckTest("Reactor " + row, () -> onReactor(row)));
            all.add(new ProcessorTckTest("Akka " + row, () -> onAkka(row)));
        });
        return all.toArray();
    }

    private static <I extends FlowElement> Processor<Integer, Integer> onReactor(Row<I> row) {
        return OperatorProcessor.of(numbers -> Flux.from(row.flux().apply(numbers.map(number -> element(row, number))))
                .map(ProcessorTckTest::number));
    }

    private static <I extends FlowElement> Processor<Integer, Integer> onAkka(Row<I> row) {
        Flow<Integer, Integer, NotUsed> flow = Flow.of(Integer.class)
                .map(number -> element(row, number))
                .via(row.flow().get())
                .map(ProcessorTckTest::number);
        return flow.toProcessor().run(SYSTEM);
    }

    /** An element that knows its number: a picture by its time, a latent frame by that of its only picture. */
    @SuppressWarnings("unchecked")
    private static <I extends FlowElement> I element(Row<I> row, int number) {
        GeneratedFrame frame = MADE.at(number);
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
        return making.get();
    }

    @Override
    public Publisher<Integer> createFailedPublisher() {
        Processor<Integer, Integer> processor = making.get();
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
        return THREADS;
    }

    @Override
    public String toString() {
        return name;
    }

    @AfterClass(alwaysRun = true)
    public static void stop() throws Exception {
        THREADS.shutdownNow();
        SYSTEM.terminate();
        SYSTEM.getWhenTerminated().toCompletableFuture().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
