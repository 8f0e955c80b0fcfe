package io.packcache.stream.flow;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.Steering;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationSession;
import io.packcache.stream.session.SessionStateException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Hands the newest prompt to the session whose frames go by, and tells what became of it. Prompts come from any thread;
 * one that comes before the first frame waits for it, because only a frame leads to its session, at most {@value #MOST_WAITING}
 * of them.
 */
public final class PromptSwitch implements Passing<GeneratedFrame>, AutoCloseable {

    /** Prompts that are kept until the first frame leads to their session. */
    private static final int MOST_WAITING = 64;

    /** A prompt that the session has taken over. */
    private record Begun(String prompt, Epoch epoch) {}

    private final PromptMode mode;
    private final Consumer<PromptEvent> events;

    private final Queue<String> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Begun> begun = new AtomicReference<>();
    private final AtomicInteger handing = new AtomicInteger();
    private volatile Steering steering;
    private volatile Throwable failure;
    private volatile boolean closed;

    /**
     * @param mode what becomes of the history at each switch
     * @param events told what became of each prompt, on whichever thread it happens; brief, and throws nothing
     */
    public PromptSwitch(PromptMode mode, Consumer<PromptEvent> events) {
        this.mode = Objects.requireNonNull(mode, "mode");
        this.events = Objects.requireNonNull(events, "events");
    }

    /** From now on the stream is to show this; one call at a time. */
    public void accept(String prompt) {
        waiting.add(Objects.requireNonNull(prompt, "prompt"));
        // Only the session can say which of them it can read, so an unreadable one must not push out a good one here.
        String tooMany = waiting.size() > MOST_WAITING ? waiting.poll() : null;
        if (tooMany != null) {
            events.accept(new PromptEvent.Overtaken(tooMany));
        }
        hand();
    }

    /** The source of prompts has failed: so does the stream, at its next frame. */
    public void fail(Throwable cause) {
        failure = cause;
    }

    @Override
    public GeneratedFrame pass(GeneratedFrame frame) throws Exception {
        if (failure != null) {
            throw failure instanceof Exception e ? e : new IllegalStateException(failure);
        }
        Begun shown = begun.get();
        if (shown != null && shown.epoch == frame.epoch() && begun.compareAndSet(shown, null)) {
            long pts = frame.pictures().get(0).pts();
            events.accept(new PromptEvent.Shown(shown.prompt, mode, shown.epoch.number(), frame.number(), pts));
        }
        if (steering == null) {
            steering = frame.epoch().steering();
            hand();
        }
        return frame;
    }

    /** One thread at a time, so that an older prompt never arrives after a newer one. */
    private void hand() {
        if (handing.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            if (steering != null || closed) {
                handAll(steering);
            }
            missed = handing.addAndGet(-missed);
        } while (missed != 0);
    }

    private void handAll(Steering open) {
        for (String prompt = waiting.poll(); prompt != null; prompt = waiting.poll()) {
            if (closed) {
                events.accept(new PromptEvent.TooLate(prompt));
            } else {
                ask(open, prompt);
            }
        }
    }

    private void ask(Steering open, String prompt) {
        try {
            open.switchPrompt(prompt, mode).whenComplete((epoch, cause) -> answer(prompt, epoch, cause));
        } catch (RuntimeException e) {
            refused(prompt, e);
        }
    }

    private void refused(String prompt, Throwable reason) {
        boolean ended =
                closed || (reason instanceof SessionStateException e && e.state() == GenerationSession.State.CLOSED);
        events.accept(ended ? new PromptEvent.TooLate(prompt) : new PromptEvent.Refused(prompt, reason));
    }

    private void answer(String prompt, Epoch epoch, Throwable cause) {
        Throwable reason = cause instanceof CompletionException ? cause.getCause() : cause;
        if (reason instanceof CancellationException) {
            events.accept(new PromptEvent.Overtaken(prompt));
        } else if (reason != null) {
            refused(prompt, reason);
        } else {
            Begun overtaken = begun.getAndSet(new Begun(prompt, epoch));
            if (overtaken != null) {
                events.accept(new PromptEvent.Overtaken(overtaken.prompt));
            }
            if (closed) {
                tellTooLate();
            }
        }
    }

    /** The stream has ended, whatever the reason. */
    @Override
    public void close() {
        closed = true;
        hand();
        tellTooLate();
    }

    private void tellTooLate() {
        Begun never = begun.getAndSet(null);
        if (never != null) {
            events.accept(new PromptEvent.TooLate(never.prompt));
        }
    }
}
