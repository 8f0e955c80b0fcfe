package io.packcache.operators.akka;

import akka.japi.Pair;
import akka.japi.function.Procedure;
import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractGraphStageWithMaterializedValue;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStageLogic;
import io.packcache.stream.session.GeneratedFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * One session for each materialisation. A frame is asked for when the stage is pulled, never before: Akka's own source
 * of a publisher asks ahead, and would let the lease of each frame lapse before anybody saw it.
 */
final class GenerateStage
        extends AbstractGraphStageWithMaterializedValue<SourceShape<GeneratedFrame>, GenerationControl> {

    private final Outlet<GeneratedFrame> out = Outlet.create("packcache.frames");
    private final SourceShape<GeneratedFrame> shape = SourceShape.of(out);
    private final Publisher<GeneratedFrame> frames;

    GenerateStage(Publisher<GeneratedFrame> frames) {
        this.frames = frames;
    }

    @Override
    public SourceShape<GeneratedFrame> shape() {
        return shape;
    }

    @Override
    public Pair<GraphStageLogic, GenerationControl> createLogicAndMaterializedValuePair(Attributes attributes) {
        Logic logic = new Logic();
        return Pair.create(logic, logic.control);
    }

    private final class Logic extends GraphStageLogic {

        private final Control control = new Control(createAsyncCallback((Procedure<Runnable>) Runnable::run));
        private final Inbox inbox = new Inbox(control.inside, this::arrived);

        private boolean owed;
        private boolean stopping;
        private long handedOn;
        private Throwable failure;

        Logic() {
            super(shape);
            control.onStop = this::stop;
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (stopping) {
                        completeStage();
                    } else {
                        owed = true;
                        inbox.next();
                    }
                }
            });
        }

        @Override
        public void preStart() {
            frames.subscribe(inbox);
        }

        private void arrived() {
            GeneratedFrame frame = inbox.take();
            if (frame != null) {
                owed = false;
                handedOn++;
                push(out, frame);
            }
            if (inbox.ended && inbox.failure != null) {
                failure = inbox.failure;
                failStage(failure);
            } else if (inbox.ended) {
                completeStage();
            }
        }

        /** A frame that is owed still goes out, and its lease lasts until the pull after it. */
        private void stop() {
            stopping = true;
            if (!owed) {
                completeStage();
            }
        }

        @Override
        public void postStop() {
            inbox.close();
            control.end(handedOn, failure);
        }
    }

    /**
     * Where the session's thread leaves a frame for the stage, and waits until the next one is asked for: it would close
     * the session after the last frame, while that frame's lease may still be in use. What is left after the stage closed
     * is released.
     */
    private static final class Inbox implements Subscriber<GeneratedFrame> {

        private static final Object CLOSED = new Object();

        private final AtomicReference<Object> place = new AtomicReference<>();
        private final Semaphore goOn = new Semaphore(0);
        private final AsyncCallback<Runnable> inside;
        private final Runnable arrived;
        private volatile boolean ended;
        private volatile Throwable failure;
        private volatile Subscription subscription;

        /** Only touched by the stage. */
        private boolean asked;

        Inbox(AsyncCallback<Runnable> inside, Runnable arrived) {
            this.inside = inside;
            this.arrived = arrived;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(GeneratedFrame frame) {
            if (place.compareAndSet(null, frame)) {
                inside.invoke(arrived);
                goOn.acquireUninterruptibly();
            } else {
                frame.release();
            }
        }

        @Override
        public void onError(Throwable cause) {
            failure = cause;
            onComplete();
        }

        @Override
        public void onComplete() {
            ended = true;
            inside.invoke(arrived);
        }

        void next() {
            if (asked) {
                goOn.release();
            }
            asked = true;
            subscription.request(1);
        }

        GeneratedFrame take() {
            return (GeneratedFrame) place.getAndSet(null);
        }

        void close() {
            if (place.getAndSet(CLOSED) instanceof GeneratedFrame frame) {
                frame.release();
            }
            if (subscription != null) {
                subscription.cancel();
            }
            goOn.release();
        }
    }

    private static final class Control implements GenerationControl {

        private final AsyncCallback<Runnable> inside;
        private final CompletableFuture<Long> ended = new CompletableFuture<>();
        private volatile Runnable onStop;

        Control(AsyncCallback<Runnable> inside) {
            this.inside = inside;
        }

        @Override
        public void stop() {
            inside.invoke(onStop);
        }

        @Override
        public CompletionStage<Long> ended() {
            return ended;
        }

        void end(long frames, Throwable failure) {
            if (failure == null) {
                ended.complete(frames);
            } else {
                ended.completeExceptionally(failure);
            }
        }
    }
}
