package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationSession;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.ScriptedModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of each prompt, told exactly once. */
class PromptSwitchTest {

    private final ScriptedModel script = new ScriptedModel();
    private final ConcurrentLinkedQueue<PromptEvent> events = new ConcurrentLinkedQueue<>();
    private final PromptSwitch prompts = new PromptSwitch(PromptMode.RECACHE, events::add);

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    private void pass(GenerationSession session) throws Exception {
        prompts.pass(session.next()).release();
    }

    @Test
    void theEventNamesTheFirstPictureUnderThePrompt() throws Exception {
        try (GenerationSession session = script.model().open(script.request(4))) {
            pass(session);
            pass(session);
            prompts.accept("a blue square");
            assertThat(events).isEmpty();
            pass(session);
            pass(session);
        }
        prompts.close();
        assertThat(events).containsExactly(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 2, 5));
    }

    @Test
    void ofPromptsBeforeTheFirstFrameTheNewestTakesEffectAfterIt() throws Exception {
        prompts.accept("a blue square");
        prompts.accept("a green star");
        try (GenerationSession session = script.model().open(script.request(2))) {
            pass(session);
            pass(session);
        }
        assertThat(events)
                .containsExactly(
                        new PromptEvent.Overtaken("a blue square"),
                        new PromptEvent.Shown("a green star", PromptMode.RECACHE, 1, 1, 1));
    }

    @Test
    void aPromptTheModelCannotReadIsRefusedAndTheStreamGoesOn() throws Exception {
        try (GenerationSession session = script.model().open(script.request(2))) {
            pass(session);
            prompts.accept("a unicorn");
            pass(session);
        }
        assertThat(events).singleElement().isInstanceOfSatisfying(PromptEvent.Refused.class, refused -> {
            assertThat(refused.prompt()).isEqualTo("a unicorn");
            assertThat(refused.reason()).hasMessageContaining("unicorn");
        });
    }

    @Test
    void aPromptTheModelCannotReadDoesNotPushOutAGoodOneThatWaits() throws Exception {
        prompts.accept("a blue square");
        prompts.accept("a unicorn");
        try (GenerationSession session = script.model().open(script.request(2))) {
            pass(session);
            pass(session);
        }
        assertThat(events).hasSize(2);
        assertThat(events.poll()).isInstanceOf(PromptEvent.Refused.class);
        assertThat(events.poll()).isEqualTo(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 1, 1));
    }

    @Test
    void aHistoryThatCannotBeCarriedOverIsARefusal() throws Exception {
        script.failSwitch(new ArithmeticException("no room"));
        try (GenerationSession session = script.model().open(script.request(2))) {
            pass(session);
            prompts.accept("a blue square");
            pass(session);
        }
        assertThat(events)
                .singleElement()
                .isInstanceOfSatisfying(
                        PromptEvent.Refused.class,
                        refused -> assertThat(refused.reason()).hasMessageContaining("no room"));
    }

    @Test
    void whatNoPictureWasMadeUnderIsToldAtTheEnd() throws Exception {
        try (GenerationSession session = script.model().open(script.request(2))) {
            pass(session);
            prompts.accept("a blue square");
        }
        prompts.accept("a green star");
        prompts.close();
        prompts.accept("a red bar");
        assertThat(events)
                .containsExactly(
                        new PromptEvent.TooLate("a blue square"),
                        new PromptEvent.TooLate("a green star"),
                        new PromptEvent.TooLate("a red bar"));
    }

    @Test
    void aPromptThatNeverSawAFrameIsToldAtTheEnd() {
        prompts.accept("a blue square");
        prompts.close();
        assertThat(events).containsExactly(new PromptEvent.TooLate("a blue square"));
    }

    @Test
    void framesThatNoSessionMadeRefuseEveryPrompt() throws Exception {
        HandmadeFrames handmade = new HandmadeFrames();
        GeneratedFrame frame = prompts.pass(handmade.next(1));
        prompts.accept("a blue square");
        frame.release();
        assertThat(events).hasOnlyElementsOfType(PromptEvent.Refused.class).hasSize(1);
        assertThat(handmade.pool.live()).isZero();
    }

    @Test
    void aFailedSourceOfPromptsFailsTheStreamAtItsNextFrame() throws Exception {
        HandmadeFrames handmade = new HandmadeFrames();
        prompts.pass(handmade.next(1)).release();
        prompts.fail(new IOException("the keyboard is gone"));
        GeneratedFrame next = handmade.next(1);
        assertThatThrownBy(() -> prompts.pass(next)).hasMessage("the keyboard is gone");
        next.release();
    }

    @Test
    void promptsFromManyThreadsEachComeToOneEnd() throws Exception {
        List<Thread> threads = new ArrayList<>();
        Object serial = new Object();
        try (GenerationSession session = script.model().open(script.request(200))) {
            pass(session);
            for (int t = 0; t < 4; t++) {
                int writer = t;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 50; i++) {
                        synchronized (serial) {
                            prompts.accept(writer + "/" + i);
                        }
                    }
                });
                threads.add(thread);
                thread.start();
            }
            while (threads.stream().anyMatch(Thread::isAlive) && session.hasNext()) {
                pass(session);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        prompts.close();
        assertThat(events)
                .extracting(PromptEvent::prompt)
                .doesNotHaveDuplicates()
                .hasSize(200);
    }
}
