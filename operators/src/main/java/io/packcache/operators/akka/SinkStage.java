package io.packcache.operators.akka;

import akka.japi.Pair;
import akka.japi.function.Procedure;
import akka.stream.AbruptStageTerminationException;
import akka.stream.Attributes;
import akka.stream.Inlet;
import akka.stream.SinkShape;
import akka.stream.stage.AbstractGraphStageWithMaterializedValue;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStageLogic;
import io.packcache.stream.flow.Drain;
import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.SingleUse;
import io.packcache.stream.frame.VideoFrame;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Feeds a {@link Drain}, one pull for each place that is free. */
final class SinkStage<S> extends AbstractGraphStageWithMaterializedValue<SinkShape<VideoFrame>, CompletionStage<S>> {

    private final Inlet<VideoFrame> in = Inlet.create("packcache.pictures");
    private final SinkShape<VideoFrame> shape = SinkShape.of(in);
    private final SingleUse<BiFunction<FlowObserver, Drain.Listener<S>, Drain>> making;

    /**
     * Describes a stage.
     *
     * @param making makes the drain of the one materialisation
     */
    SinkStage(BiFunction<FlowObserver, Drain.Listener<S>, Drain> making) {
        this.making = new SingleUse<>(making);
    }

    @Override
    public SinkShape<VideoFrame> shape() {
        return shape;
    }

    @Override
    public Pair<GraphStageLogic, CompletionStage<S>> createLogicAndMaterializedValuePair(Attributes attributes) {
        Logic logic = new Logic(making.claim(), ObserverAttribute.of(attributes));
        return Pair.create(logic, logic.result);
    }

    private final class Logic extends GraphStageLogic implements Drain.Listener<S> {

        private final CompletableFuture<S> result = new CompletableFuture<>();
        private final AsyncCallback<Runnable> inside = createAsyncCallback((Procedure<Runnable>) Runnable::run);
        private final AtomicLong places = new AtomicLong();
        private final Runnable look = this::pullIfRoom;
        private final Drain drain;
        private boolean ended;

        Logic(BiFunction<FlowObserver, Drain.Listener<S>, Drain> making, FlowObserver observer) {
            super(shape);
            this.drain = making.apply(observer, this);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    drain.offer(grab(in));
                    pullIfRoom();
                }

                @Override
                public void onUpstreamFinish() {
                    ended = true;
                    drain.complete();
                    completeStage();
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    ended = true;
                    drain.fail(failure);
                    completeStage();
                }
            });
        }

        @Override
        public void preStart() {
            drain.start();
        }

        private void pullIfRoom() {
            if (places.get() > 0 && !hasBeenPulled(in) && !isClosed(in)) {
                places.getAndUpdate(had -> had == Long.MAX_VALUE ? had : had - 1);
                pull(in);
            }
        }

        @Override
        public void room(long more) {
            places.getAndAccumulate(more, (had, added) -> had + added < 0 ? Long.MAX_VALUE : had + added);
            inside.invoke(look);
        }

        @Override
        public void refused() {
            inside.invoke(this::stop);
        }

        private void stop() {
            ended = true;
            completeStage();
        }

        @Override
        public void closed(S summary, Throwable failure) {
            if (failure == null) {
                result.complete(summary);
            } else {
                result.completeExceptionally(failure);
            }
        }

        @Override
        public void postStop() {
            if (!ended) {
                drain.abort(new AbruptStageTerminationException(this));
            }
        }
    }
}
