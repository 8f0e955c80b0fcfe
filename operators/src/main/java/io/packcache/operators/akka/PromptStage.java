package io.packcache.operators.akka;

import akka.stream.Attributes;
import akka.stream.FanInShape2;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.flow.PromptSwitch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.session.GeneratedFrame;
import java.util.function.Consumer;

/** Frames pass; prompts from the side go to their session. The frames alone decide when it ends. */
final class PromptStage extends GraphStage<FanInShape2<GeneratedFrame, String, GeneratedFrame>> {

    private final FanInShape2<GeneratedFrame, String, GeneratedFrame> shape =
            new FanInShape2<>("packcache.promptSwitch");
    private final PromptMode mode;
    private final Consumer<PromptEvent> events;

    PromptStage(PromptMode mode, Consumer<PromptEvent> events) {
        this.mode = mode;
        this.events = events;
    }

    @Override
    public FanInShape2<GeneratedFrame, String, GeneratedFrame> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends OwningLogic<GeneratedFrame> {

        private final PromptSwitch receiver = new PromptSwitch(mode, events);

        Logic() {
            super(shape, shape.in0());
            setHandler(shape.in0(), new AbstractInHandler() {
                @Override
                public void onPush() {
                    pushed();
                }
            });
            setHandler(shape.in1(), new AbstractInHandler() {
                @Override
                public void onPush() {
                    receiver.accept(grab(shape.in1()));
                    pull(shape.in1());
                }

                @Override
                public void onUpstreamFinish() {
                    // The last prompt stands.
                }
            });
            setHandler(shape.out(), new AbstractOutHandler() {
                @Override
                public void onPull() {
                    pull(shape.in0());
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    receiverLeft(cause);
                }
            });
        }

        @Override
        public void preStart() {
            pull(shape.in1());
        }

        @Override
        void receive(GeneratedFrame frame) {
            try {
                push(shape.out(), receiver.pass(frame));
            } catch (Exception | Error e) {
                frame.release();
                failStage(e);
            }
        }

        @Override
        public void postStop() {
            receiver.close();
        }
    }
}
