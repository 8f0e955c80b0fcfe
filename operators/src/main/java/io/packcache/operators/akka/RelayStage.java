package io.packcache.operators.akka;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.flow.Relay;
import io.packcache.stream.frame.FlowElement;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Runs a {@link Relay} for each materialisation; asks the source for one element at a time. */
final class RelayStage<I extends FlowElement, O extends FlowElement> extends GraphStage<FlowShape<I, O>> {

    private final Inlet<I> in = Inlet.create("packcache.in");
    private final Outlet<O> out = Outlet.create("packcache.out");
    private final FlowShape<I, O> shape = FlowShape.of(in, out);
    private final Function<FlowObserver, ? extends Relay<I, O>> making;
    private final LongSupplier clock;

    /**
     * Describes a stage.
     *
     * @param making called for each materialisation
     * @param clock nanoseconds, only forward; null for a relay that knows no time
     */
    RelayStage(Function<FlowObserver, ? extends Relay<I, O>> making, LongSupplier clock) {
        this.making = making;
        this.clock = clock;
    }

    @Override
    public FlowShape<I, O> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic(ObserverAttribute.of(attributes));
    }

    private final class Logic extends OwningLogic<I> {

        private final FlowObserver observer;
        private Relay<I, O> relay;
        private boolean timed;
        private boolean ended;
        private Throwable failure;

        Logic(FlowObserver observer) {
            super(shape, in);
            this.observer = observer;
            setHandler(in, new AbstractInHandler() {
                @Override
                public void onPush() {
                    pushed();
                }

                @Override
                public void onUpstreamFinish() {
                    ended = true;
                    relay.complete();
                    goOn();
                }

                @Override
                public void onUpstreamFailure(Throwable cause) {
                    ended = true;
                    failure = cause;
                    relay.fail();
                    goOn();
                }
            });
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    goOn();
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    receiverLeft(cause);
                }
            });
        }

        @Override
        public void preStart() {
            relay = making.apply(observer);
            relay.onWake(() -> inside.invoke(this::goOn));
        }

        @Override
        void receive(I element) {
            try {
                relay.take(element, now());
            } catch (RuntimeException | Error e) {
                element.release();
                failStage(e);
                return;
            }
            goOn();
        }

        /** Hands on what is due and wanted; then ends, or asks for more and sets the timer. */
        private void goOn() {
            if (isLeaving()) {
                return;
            }
            if (isAvailable(out)) {
                O next = relay.poll(now());
                if (next != null) {
                    push(out, next);
                }
            }
            if (ended && relay.isEmpty()) {
                end();
                return;
            }
            boolean wanted = isAvailable(out);
            if (!ended && !hasBeenPulled(in) && relay.ask(wanted ? 1 : 0, 0) > 0) {
                pull(in);
            }
            if (clock != null) {
                setTimer(wanted ? relay.nanosToWait(now()) : Relay.NEVER);
            }
        }

        private void setTimer(long nanos) {
            if (nanos != Relay.NEVER) {
                scheduleOnce(this, Duration.ofNanos(nanos));
                timed = true;
            } else if (timed) {
                cancelTimer(this);
                timed = false;
            }
        }

        private long now() {
            return clock == null ? 0 : clock.getAsLong();
        }

        private void end() {
            if (failure == null) {
                completeStage();
            } else {
                failStage(failure);
            }
        }

        @Override
        public void onTimer(Object key) {
            timed = false;
            goOn();
        }

        @Override
        public void postStop() {
            if (relay != null) {
                relay.discard();
            }
        }
    }
}
