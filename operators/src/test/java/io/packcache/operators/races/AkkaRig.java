package io.packcache.operators.races;

import akka.Done;
import akka.japi.Pair;
import akka.japi.function.Procedure;
import akka.stream.Attributes;
import akka.stream.Inlet;
import akka.stream.Materializer;
import akka.stream.Outlet;
import akka.stream.SinkShape;
import akka.stream.SourceShape;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.stage.AbstractGraphStageWithMaterializedValue;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStageLogic;
import io.packcache.operators.Row;
import io.packcache.stream.frame.FlowElement;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.Threads;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.test.util.RaceTestUtils;

/**
 * An operator on Akka Streams, between two stages in the same island, so that nothing lies in buffers of Akka's. What
 * Akka makes impossible, such as sending unasked, is what its source may do instead: keep the elements until it is asked.
 */
final class AkkaRig<I extends FlowElement> implements Rig {

    private static final long PATIENCE_SECONDS = 20;

    private final boolean frames;
    private final HandmadeFrames made;
    private final Sending<I> source;
    private final Receiving sink;

    AkkaRig(Row<I> row, HandmadeFrames made, Materializer materializer) {
        this.frames = row.frames();
        this.made = made;
        Pair<Sending<I>, Receiving> ends = Source.fromGraph(new ManualSource<I>())
                .via(row.flow().get())
                .<Object>map(element -> element)
                .toMat(Sink.fromGraph(new ManualSink()), Keep.both())
                .run(materializer);
        this.source = ends.first();
        this.sink = ends.second();
    }

    @Override
    public void request(long n) {
        sink.does(() -> sink.want(n));
    }

    /** There is no such thing as an illegal pull that the receiver survives. */
    @Override
    public void requestLessThanOne() {
        sink.does(() -> sink.failStage(new IllegalArgumentException("demand must be at least 1")));
    }

    @Override
    public void cancel() {
        sink.does(sink::completeStage);
    }

    @Override
    public void cancelInOnNext() {
        sink.does(() -> sink.cancelInOnNext = true);
    }

    @Override
    public void next() {
        send(made.next(4));
    }

    @SuppressWarnings("unchecked")
    private void send(GeneratedFrame frame) {
        if (frames) {
            source.send((I) frame);
        } else {
            frame.takePictures().forEach(picture -> source.send((I) picture));
        }
    }

    @Override
    public void nextSpent() {
        if (frames) {
            GeneratedFrame spent = made.next(4);
            spent.release();
            send(spent);
        }
    }

    @Override
    public void fail() {
        source.does(() -> source.failStage(new ArithmeticException("not a number")));
    }

    @Override
    public void complete() {
        source.does(source::completeStage);
    }

    @Override
    public void race(Runnable one, Runnable other) {
        RaceTestUtils.race(one, other);
    }

    @Override
    public int settle() {
        cancel();
        source.does(source::completeStage);
        source.awaitStop();
        sink.awaitStop();
        Threads.awaitEndOf("packcache-sink-");
        return sink.ends.get();
    }

    /** A stage that does what it is told, in the order it is told; after its end, nothing. */
    private abstract static class Told extends GraphStageLogic {

        private final AsyncCallback<Runnable> inside = createAsyncCallback((Procedure<Runnable>) Runnable::run);
        private final CompletableFuture<Done> stopped = new CompletableFuture<>();

        Told(akka.stream.Shape shape) {
            super(shape);
        }

        /** Returns when it is done, so that a script is played in its order; false if the stage has ended instead. */
        boolean does(Runnable what) {
            CompletableFuture<Done> done = new CompletableFuture<>();
            inside.invoke(() -> {
                what.run();
                done.complete(Done.getInstance());
            });
            CompletableFuture.anyOf(done, stopped)
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join();
            return done.isDone();
        }

        void awaitStop() {
            stopped.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }

        @Override
        public void postStop() {
            stopped.complete(Done.getInstance());
        }
    }

    private static final class ManualSource<I extends FlowElement>
            extends AbstractGraphStageWithMaterializedValue<SourceShape<I>, Sending<I>> {

        private final Outlet<I> out = Outlet.create("manual.out");
        private final SourceShape<I> shape = SourceShape.of(out);

        @Override
        public SourceShape<I> shape() {
            return shape;
        }

        @Override
        public Pair<GraphStageLogic, Sending<I>> createLogicAndMaterializedValuePair(Attributes attributes) {
            Sending<I> logic = new Sending<>(shape);
            return Pair.create(logic, logic);
        }
    }

    private static final class Sending<I extends FlowElement> extends Told {

        private final Outlet<I> out;
        private final Queue<I> unsent = new ArrayDeque<>();

        Sending(SourceShape<I> shape) {
            super(shape);
            this.out = shape.out();
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    sendOn();
                }
            });
        }

        void send(I element) {
            boolean taken = does(() -> {
                unsent.add(element);
                sendOn();
            });
            if (!taken) {
                element.release();
            }
        }

        private void sendOn() {
            if (isAvailable(out) && !unsent.isEmpty()) {
                push(out, unsent.remove());
            }
        }

        @Override
        public void postStop() {
            unsent.forEach(FlowElement::release);
            super.postStop();
        }
    }

    private static final class ManualSink
            extends AbstractGraphStageWithMaterializedValue<SinkShape<Object>, Receiving> {

        private final Inlet<Object> in = Inlet.create("manual.in");
        private final SinkShape<Object> shape = SinkShape.of(in);

        @Override
        public SinkShape<Object> shape() {
            return shape;
        }

        @Override
        public Pair<GraphStageLogic, Receiving> createLogicAndMaterializedValuePair(Attributes attributes) {
            Receiving logic = new Receiving(shape);
            return Pair.create(logic, logic);
        }
    }

    /** Releases what it gets, after it has cancelled if it was told to. */
    private static final class Receiving extends Told {

        private final Inlet<Object> in;
        private final AtomicInteger ends = new AtomicInteger();
        private boolean cancelInOnNext;
        private long wanted;

        Receiving(SinkShape<Object> shape) {
            super(shape);
            this.in = shape.in();
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    receive(grab(in));
                }

                @Override
                public void onUpstreamFinish() {
                    ends.incrementAndGet();
                    completeStage();
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    ends.incrementAndGet();
                    completeStage();
                }
            });
        }

        private void want(long n) {
            wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
            pullIfWanted();
        }

        private void receive(Object element) {
            if (cancelInOnNext) {
                completeStage();
            }
            if (element instanceof FlowElement owned) {
                owned.release();
            }
            wanted -= wanted == Long.MAX_VALUE ? 0 : 1;
            if (!cancelInOnNext) {
                pullIfWanted();
            }
        }

        private void pullIfWanted() {
            if (wanted > 0 && !hasBeenPulled(in)) {
                pull(in);
            }
        }
    }
}
