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
import io.packcache.stream.flow.SingleUse;
import io.packcache.stream.flow.SinkWriter;
import io.packcache.stream.flow.WriteSummary;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Feeds a {@link SinkWriter}, one pull for each free place of its queue. */
final class SinkStage
        extends AbstractGraphStageWithMaterializedValue<SinkShape<VideoFrame>, CompletionStage<WriteSummary>> {

    private final Inlet<VideoFrame> in = Inlet.create("packcache.pictures");
    private final SinkShape<VideoFrame> shape = SinkShape.of(in);
    private final SingleUse sink;
    private final int capacity;

    SinkStage(FrameSink sink, int capacity) {
        this.sink = new SingleUse(sink);
        this.capacity = capacity;
    }

    @Override
    public SinkShape<VideoFrame> shape() {
        return shape;
    }

    @Override
    public Pair<GraphStageLogic, CompletionStage<WriteSummary>> createLogicAndMaterializedValuePair(
            Attributes attributes) {
        Logic logic = new Logic(sink.claim());
        return Pair.create(logic, logic.result);
    }

    private final class Logic extends GraphStageLogic implements SinkWriter.Listener {

        private final CompletableFuture<WriteSummary> result = new CompletableFuture<>();
        private final AsyncCallback<Runnable> inside = createAsyncCallback((Procedure<Runnable>) Runnable::run);
        private final Runnable onWritten = this::makeRoom;
        private final SinkWriter writer;
        private int room = capacity;
        private boolean ended;

        Logic(FrameSink target) {
            super(shape);
            this.writer = new SinkWriter(target, capacity, this);
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    room--;
                    writer.offer(grab(in));
                    pullIfRoom();
                }

                @Override
                public void onUpstreamFinish() {
                    ended = true;
                    writer.complete();
                    completeStage();
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    ended = true;
                    writer.fail(failure);
                    completeStage();
                }
            });
        }

        @Override
        public void preStart() {
            writer.start();
            pull(in);
        }

        private void pullIfRoom() {
            if (room > 0 && !hasBeenPulled(in)) {
                pull(in);
            }
        }

        private void makeRoom() {
            room++;
            pullIfRoom();
        }

        @Override
        public void written() {
            inside.invoke(onWritten);
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
        public void closed(WriteSummary summary, Throwable failure) {
            if (failure == null) {
                result.complete(summary);
            } else {
                result.completeExceptionally(failure);
            }
        }

        @Override
        public void postStop() {
            if (!ended) {
                writer.abort(new AbruptStageTerminationException(this));
            }
        }
    }
}
