package io.packcache.operators.reactor;

import io.packcache.stream.flow.FlowObserver;
import io.packcache.stream.frame.FlowElement;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** What the subscribers of all our operators have in common: their place in the chain, its context, and scanning. */
abstract class FlowSubscriber<I extends FlowElement, O extends FlowElement>
        implements CoreSubscriber<I>, Subscription, Scannable {

    private static final Object RELEASING = new Object();

    final CoreSubscriber<? super O> actual;
    private final Context context;

    Subscription s;
    volatile boolean done;
    volatile boolean cancelled;

    FlowSubscriber(CoreSubscriber<? super O> actual) {
        this.actual = actual;
        this.context = releasing(actual.currentContext());
    }

    /** Tells Reactor's own operators above to release what they discard: once, or a picture would be released twice. */
    static Context releasing(Context context) {
        return context.hasKey(RELEASING)
                ? context
                : Operators.enableOnDiscard(context, FlowSubscriber::release).put(RELEASING, true);
    }

    private static void release(Object discarded) {
        if (discarded instanceof FlowElement element) {
            element.release();
        }
    }

    static FlowObserver observer(Context context) {
        return context.getOrDefault(FlowObserver.class, FlowObserver.NONE);
    }

    @Override
    public final void onSubscribe(Subscription subscription) {
        if (Operators.validate(s, subscription)) {
            s = subscription;
            actual.onSubscribe(this);
        }
    }

    /** For an element that comes after the end. */
    final void dropLate(I element) {
        element.release();
        if (!cancelled) {
            Operators.onNextDropped(element, context);
        }
    }

    @Override
    public final Context currentContext() {
        return context;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Object scanUnsafe(Attr key) {
        if (key == Attr.PARENT) {
            return s;
        }
        if (key == Attr.ACTUAL) {
            return actual;
        }
        if (key == Attr.TERMINATED) {
            return done;
        }
        if (key == Attr.CANCELLED) {
            return cancelled;
        }
        return key == Attr.RUN_STYLE ? Attr.RunStyle.SYNC : null;
    }
}
