package io.packcache.operators.stress;

import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.flow.PromptSwitch;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.Steering;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.CacheLease;
import io.packcache.stream.session.FrameStatistics;
import io.packcache.stream.session.GeneratedFrame;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.infra.results.III_Result;

/** A prompt switch before a session that only notes what it is asked, and begins the newest prompt when told to. */
class PromptRig {

    private static final FrameStatistics NO_COST = new FrameStatistics(0, new long[0], 0, 0, 0, 0, 0, 0);

    private final NotingSession session = new NotingSession();
    private final Queue<PromptEvent> events = new ConcurrentLinkedQueue<>();
    private final PromptSwitch prompts = new PromptSwitch(PromptMode.KEEP, events::add);
    private final GeneratedFrame first = frame(new Epoch(0, session));
    private final GeneratedFrame second = frame(session.next);

    private static GeneratedFrame frame(Epoch epoch) {
        VideoFrame picture = new FramePool().stamping(() -> epoch).take(1, 1, 0, new TimeBase(1, 12));
        CacheLease none = null;
        return new GeneratedFrame(0, epoch, false, new int[0], List.of(picture), NO_COST, none);
    }

    final void accept(String prompt) {
        prompts.accept(prompt);
    }

    final void passFirst() {
        pass(first);
    }

    final void passSecond() {
        pass(second);
    }

    private void pass(GeneratedFrame frame) {
        try {
            prompts.pass(frame);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The session goes on under what it was asked for last. */
    final void begin() {
        session.begin();
    }

    final void close() {
        prompts.close();
    }

    /** Prompts that reached the session, and, after the end of the stream, events, and those of them that say shown. */
    final void tell(III_Result result) {
        result.r1 = session.asked.get();
        session.begin();
        prompts.close();
        result.r2 = events.size();
        result.r3 = (int)
                events.stream().filter(PromptEvent.Shown.class::isInstance).count();
    }

    private static final class NotingSession implements Steering {

        private final AtomicInteger asked = new AtomicInteger();
        private final CompletableFuture<Epoch> answer = new CompletableFuture<>();
        private final Epoch next = new Epoch(1, this);

        /** An older prompt has been overtaken when a newer one comes, as in a session. */
        private CompletableFuture<Epoch> newest = answer;

        @Override
        public synchronized CompletionStage<Epoch> switchPrompt(String prompt, PromptMode mode) {
            if (asked.getAndIncrement() > 0) {
                newest.cancel(false);
                newest = new CompletableFuture<>();
            }
            return newest;
        }

        private void begin() {
            CompletableFuture<Epoch> begun;
            synchronized (this) {
                begun = newest;
            }
            begun.complete(next);
        }

        @Override
        public CompletionStage<Epoch> reanchor(PromptMode mode) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long rollBack(long shown) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}
    }
}
