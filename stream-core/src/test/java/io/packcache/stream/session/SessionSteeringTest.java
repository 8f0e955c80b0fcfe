package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GenerationSession.State;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be asked of a session between two frames, and what it does to epochs. */
class SessionSteeringTest {

    private final ScriptedModel script = new ScriptedModel();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @ParameterizedTest
    @EnumSource(PromptMode.class)
    void aSwitchEndsTheEpochAtOnceAndTheNextFrameBeginsAnother(PromptMode mode) {
        try (GenerationSession session = script.model().open(script.request(4))) {
            GeneratedFrame old = session.next();
            CompletableFuture<Epoch> begun = ask(session, "a blue square", mode);
            assertThat(old.epoch().isOver())
                    .as("before anything newer was made")
                    .isTrue();
            assertThat(begun).isNotDone();
            try (GeneratedFrame frame = session.next()) {
                assertThat(frame.number()).isEqualTo(1);
                assertThat(frame.epoch().number()).isEqualTo(1);
                assertThat(frame.epoch().isOver()).isFalse();
                assertThat(begun).isCompletedWithValue(frame.epoch());
                assertThat(frame.pictures()).allMatch(picture -> picture.epoch() == frame.epoch());
            }
            old.release();
        }
    }

    @Test
    void aResetIsACutOfOnePictureAndTimeGoesOn() {
        List<Long> times = new ArrayList<>();
        try (GenerationSession session = script.model().open(script.request(4))) {
            for (int number = 0; number < 4; number++) {
                if (number == 2) {
                    tell(session, "a blue square", PromptMode.RESET);
                }
                try (GeneratedFrame frame = session.next()) {
                    assertThat(frame.number()).isEqualTo(number);
                    frame.pictures().stream().map(VideoFrame::pts).forEach(times::add);
                    if (number == 2) {
                        assertThat(frame.pictures()).hasSize(1);
                        assertThat(frame.lease().view().frames())
                                .extracting("frame")
                                .containsExactly(2L);
                    }
                }
            }
        }
        assertThat(times).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void aFrameBeingMadeIsGivenUpWithinOneStepAndBegunAgainUnderTheNewPrompt() {
        try (GenerationSession session = script.model().open(script.request(3))) {
            session.next().release();
            long before = script.stepsRun();
            script.onStep((frame, step) -> {
                if (script.stepsRun() == before + 1) {
                    tell(session, "a blue square", PromptMode.RECACHE);
                }
            });
            try (GeneratedFrame frame = session.next()) {
                assertThat(frame.number()).isEqualTo(1);
                assertThat(frame.epoch().number()).isEqualTo(1);
                assertThat(frame.epoch().isOver()).isFalse();
            }
            assertThat(script.stepsRun() - before)
                    .as("two steps of the attempt in vain, and a whole frame")
                    .isEqualTo(2 + ScriptedModel.STEPS);
        }
    }

    @Test
    void promptsThatComeFasterThanFramesDoNotStarveTheStream() {
        AtomicInteger prompts = new AtomicInteger();
        try (GenerationSession session = script.model().open(script.request(3))) {
            script.onStep((frame, step) -> tell(session, "number " + prompts.incrementAndGet(), PromptMode.RECACHE));
            for (int number = 0; number < 3; number++) {
                try (GeneratedFrame frame = session.next()) {
                    assertThat(frame.number()).isEqualTo(number);
                    assertThat(frame.epoch().isOver())
                            .as("a newer prompt came meanwhile")
                            .isTrue();
                }
            }
            assertThat(prompts.get()).isEqualTo(3 * (1 + ScriptedModel.STEPS));
        }
    }

    @Test
    void ofSeveralPromptsTheNewestWinsAndTheOthersAreToldSo() {
        List<Integer> expected;
        try (GenerationSession session = script.model().open(script.request(2))) {
            session.next().release();
            tell(session, "a green star", PromptMode.RECACHE);
            expected = codes(session);
        }
        try (GenerationSession session = script.model().open(script.request(2))) {
            session.next().release();
            CompletableFuture<Epoch> first = ask(session, "a blue square", PromptMode.RESET);
            CompletableFuture<Epoch> second = ask(session, "a green star", PromptMode.RECACHE);
            assertThat(first).isCompletedExceptionally();
            assertThatThrownBy(first::join).hasCauseInstanceOf(CancellationException.class);
            assertThat(codes(session)).isEqualTo(expected);
            assertThat(second.join().number())
                    .as("a prompt never shown makes no epoch")
                    .isEqualTo(1);
        }
    }

    @Test
    void aPromptTheModelCannotReadIsRefusedAndNothingHasChanged() {
        try (GenerationSession session = script.model().open(script.request(2));
                GeneratedFrame frame = session.next()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.steering().switchPrompt("a unicorn", PromptMode.RECACHE))
                    .withMessageContaining("unicorn");
            assertThat(frame.epoch().isOver()).isFalse();
        }
    }

    @Test
    void aSwitchThatFailsIsReportedAndTheStreamGoesOnUnderTheOldPrompt() {
        List<Integer> expected;
        try (GenerationSession session = script.model().open(script.request(2))) {
            session.next().release();
            expected = codes(session);
        }
        script.failSwitch(new ArithmeticException("no room"));
        try (GenerationSession session = script.model().open(script.request(2))) {
            GeneratedFrame old = session.next();
            CompletableFuture<Epoch> begun = ask(session, "a blue square", PromptMode.RESET);
            try (GeneratedFrame frame = session.next()) {
                assertThat(Arrays.stream(frame.codes()).boxed().toList()).isEqualTo(expected);
                assertThat(frame.pictures()).as("no cut").hasSize(4);
                assertThat(frame.epoch().isOver()).isFalse();
            }
            assertThatThrownBy(begun::join).hasRootCauseMessage("no room");
            assertThat(session.state()).isEqualTo(State.OPEN);
            old.release();
        }
    }

    @Test
    void aPromptBeforeTheFirstFrameIsTheOneItBeginsWith() {
        List<Integer> expected;
        try (GenerationSession session = script.model().open(script.request(1).withPrompt("a blue square"))) {
            expected = codes(session);
        }
        try (GenerationSession session = script.model().open(script.request(1))) {
            tell(session, "a blue square", PromptMode.RESET);
            assertThat(codes(session)).isEqualTo(expected);
        }
    }

    @Test
    void aPausedSessionRefusesToGenerateUntilItIsResumed() {
        try (GenerationSession session = script.model().open(script.request(2))) {
            session.next().release();
            session.steering().pause();
            session.steering().pause();
            assertThat(session.state()).isEqualTo(State.PAUSED);
            assertThatThrownBy(session::next)
                    .isInstanceOf(SessionStateException.class)
                    .hasMessage("the session is PAUSED and cannot generate; resume it first");
            session.steering().resume();
            session.next().release();
        }
    }

    @Test
    void whatIsAskedOfAClosedSessionIsRefusedAndWhatWaitedIsToldSo() {
        GenerationSession session = script.model().open(script.request(2));
        session.next().release();
        CompletableFuture<Epoch> begun = ask(session, "a blue square", PromptMode.RESET);
        session.close();
        assertThatThrownBy(begun::join)
                .hasRootCauseMessage("the session is CLOSED and cannot switch its prompt; open another one");
        assertThatThrownBy(() -> session.steering().switchPrompt("a star", PromptMode.RESET))
                .hasMessage("the session is CLOSED and cannot be steered; open another one");
        assertThatThrownBy(() -> session.steering().pause()).isInstanceOf(SessionStateException.class);
        session.steering().resume();
    }

    @Test
    void rolledBackItMakesTheSameFramesAgainFromThePictureAfterTheLastOneShown() {
        List<List<Integer>> undisturbed = frames(script.request(6));
        try (GenerationSession session = script.model().open(script.request(6).withRewind(3))) {
            List<GeneratedFrame> made = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                made.add(session.next());
            }
            long shown = made.get(2).pictures().get(1).pts();
            assertThat(session.steering().rollBack(shown)).isEqualTo(shown - 1);
            assertThat(made).allMatch(frame -> frame.epoch().isOver());
            for (int number = 2; number < 6; number++) {
                try (GeneratedFrame frame = session.next()) {
                    assertThat(frame.number()).isEqualTo(number);
                    assertThat(asList(frame)).isEqualTo(undisturbed.get(number));
                    assertThat(frame.epoch().number()).isEqualTo(1);
                    assertThat(frame.pictures().get(0).pts()).isEqualTo(1 + 4L * (number - 1));
                }
            }
            made.forEach(GeneratedFrame::release);
        }
    }

    @Test
    void rolledBackToBeforeTheFirstPictureItBeginsAnew() {
        List<List<Integer>> undisturbed = frames(script.request(2));
        try (GenerationSession session = script.model().open(script.request(2).withRewind(2))) {
            session.next().release();
            assertThat(session.steering().rollBack(-1)).isZero();
            for (int number = 0; number < 2; number++) {
                try (GeneratedFrame frame = session.next()) {
                    assertThat(asList(frame)).isEqualTo(undisturbed.get(number));
                }
            }
        }
    }

    @Test
    void aPromptGivenBeforeOrAfterARollBackStaysTheNewest() {
        List<List<Integer>> expected;
        try (GenerationSession session = script.model().open(script.request(4))) {
            session.next().release();
            tell(session, "a blue square", PromptMode.RECACHE);
            expected = rest(session);
        }
        try (GenerationSession session = script.model().open(script.request(4).withRewind(3))) {
            session.next().release();
            session.next().release();
            tell(session, "a blue square", PromptMode.RECACHE);
            session.next().release();
            session.steering().rollBack(0);
            assertThat(rest(session)).as("switched, then rolled back").isEqualTo(expected);
        }
        try (GenerationSession session = script.model().open(script.request(4).withRewind(3))) {
            session.next().release();
            session.next().release();
            session.steering().rollBack(0);
            tell(session, "a blue square", PromptMode.RECACHE);
            assertThat(rest(session)).as("rolled back, then switched").isEqualTo(expected);
        }
    }

    @Test
    void withNothingMadeAfterThePictureShownThereIsNothingToDo() {
        try (GenerationSession session = script.model().open(script.request(3));
                GeneratedFrame frame = session.next()) {
            assertThat(session.steering().rollBack(0)).isEqualTo(1);
            assertThat(frame.epoch().isOver()).isFalse();
        }
    }

    @Test
    void furtherBackThanWasAskedForIsRefusedNamingWhatToAskFor() {
        try (GenerationSession session = script.model().open(script.request(9).withRewind(2))) {
            GeneratedFrame last = null;
            for (int i = 0; i < 6; i++) {
                last = session.next();
                last.release();
            }
            assertThatThrownBy(() -> session.steering().rollBack(3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("newest 2 latent frames, and picture 3 lies before them")
                    .hasMessageContaining("withRewind");
            assertThat(last.epoch().isOver()).isFalse();
            assertThat(session.steering().rollBack(12)).isEqualTo(13);
            session.next().release();
        }
    }

    @Test
    void aRewindRepairsWhatAFailureLeftHalfDone() {
        List<List<Integer>> undisturbed = frames(script.request(3));
        try (GenerationSession session = script.model().open(script.request(3).withRewind(1))) {
            session.next().release();
            script.failPictures(new ArithmeticException("no colour"));
            assertThatThrownBy(session::next).isInstanceOf(GenerationException.class);
            script.failPictures(null);
            session.recover();
            assertThat(rest(session)).isEqualTo(undisturbed.subList(1, 3));
        }
    }

    @Test
    void reanchoredTheHistoryIsForgottenUnderTheSamePrompt() {
        try (GenerationSession session = script.model().open(script.request(4))) {
            session.next().release();
            session.next().release();
            assertThat(session.steering().reanchor(PromptMode.RESET).toCompletableFuture())
                    .isNotDone();
            try (GeneratedFrame frame = session.next()) {
                assertThat(frame.lease().view().frames()).hasSize(1);
                assertThat(frame.lease().view().textTokens()).isEqualTo("a red circle".length());
            }
        }
    }

    private List<List<Integer>> frames(GenerationRequest request) {
        try (GenerationSession session = script.model().open(request)) {
            return rest(session);
        }
    }

    private static List<List<Integer>> rest(GenerationSession session) {
        List<List<Integer>> rest = new ArrayList<>();
        while (session.hasNext()) {
            try (GeneratedFrame frame = session.next()) {
                rest.add(asList(frame));
            }
        }
        return rest;
    }

    private static List<Integer> asList(GeneratedFrame frame) {
        return Arrays.stream(frame.codes()).boxed().toList();
    }

    private static void tell(GenerationSession session, String prompt, PromptMode mode) {
        assertThat(ask(session, prompt, mode)).isNotDone();
    }

    private static CompletableFuture<Epoch> ask(GenerationSession session, String prompt, PromptMode mode) {
        return session.steering().switchPrompt(prompt, mode).toCompletableFuture();
    }

    private static List<Integer> codes(GenerationSession session) {
        try (GeneratedFrame frame = session.next()) {
            return asList(frame);
        }
    }
}
