package io.packcache.operators.akka;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.Passing;
import io.packcache.stream.frame.FlowElement;
import java.util.function.Function;

/** Runs a {@link Passing} on each element before the element, and so any further demand, moves on. */
final class PassingStage<T extends FlowElement> extends GraphStage<FlowShape<T, T>> {

    private final Inlet<T> in = Inlet.create("packcache.in");
    private final Outlet<T> out = Outlet.create("packcache.out");
    private final FlowShape<T, T> shape = FlowShape.of(in, out);
    private final Function<FlowObserver, ? extends Passing<T>> making;

    /**
     * Describes a stage.
     *
     * @param making called for each materialisation
     */
    PassingStage(Function<FlowObserver, ? extends Passing<T>> making) {
        this.making = making;
    }

    @Override
    public FlowShape<T, T> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic(ObserverAttribute.of(attributes));
    }

    private final class Logic extends OwningLogic<T> {

        private final FlowObserver observer;
        private Passing<T> passing;

        Logic(FlowObserver observer) {
            super(shape, in);
            this.observer = observer;
            setHandlers(in, out, new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    pushed();
                }

                @Override
                public void onPull() {
                    pull(in);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    receiverLeft(cause);
                }
            });
        }

        @Override
        public void preStart() {
            passing = making.apply(observer);
        }

        @Override
        void receive(T element) {
            T passed;
            try {
                passed = passing.pass(element);
            } catch (Exception | Error e) {
                element.release();
                failStage(e);
                return;
            }
            push(out, passed);
        }
    }
}
