package io.packcache.operators.akka;

import akka.japi.function.Procedure;
import akka.stream.Inlet;
import akka.stream.Shape;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.TimerGraphStageLogic;
import io.packcache.stream.frame.FlowElement;

/** The logic of a stage that owns what comes in, also what is already on its way when the receiver cancels. */
abstract class OwningLogic<I extends FlowElement> extends TimerGraphStageLogic {

    /** Runs something inside the stage, from any thread; after the end, nothing. */
    final AsyncCallback<Runnable> inside = createAsyncCallback((Procedure<Runnable>) Runnable::run);

    private final Inlet<I> in;
    private boolean leaving;

    OwningLogic(Shape shape, Inlet<I> in) {
        super(shape);
        this.in = in;
    }

    /** Takes an element over. */
    abstract void receive(I element);

    /** For the inlet's handler. */
    final void pushed() {
        I element = grab(in);
        if (leaving) {
            element.release();
        } else {
            receive(element);
        }
    }

    /**
     * For the outlet's handler. Akka forgets an element that was pushed and not yet delivered when its receiver cancels; so
     * a stage that has pulled cancels once what was already sent has been delivered.
     */
    final void receiverLeft(Throwable cause) {
        if (hasBeenPulled(in)) {
            leaving = true;
            inside.invoke(() -> cancelStage(cause));
        } else {
            cancelStage(cause);
        }
    }

    final boolean isLeaving() {
        return leaving;
    }
}
