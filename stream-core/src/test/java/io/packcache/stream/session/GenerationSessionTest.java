package io.packcache.stream.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GenerationSession.State;
import io.packcache.stream.testkit.ScriptedModel;
import io.packcache.stream.testkit.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GenerationSessionTest {

    private final ScriptedModel script = new ScriptedModel();

    @AfterEach
    void nothingIsHeld() {
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void nothingIsComputedBeforeTheFirstFrameIsAskedFor() {
        try (GenerationSession session = script.model().open(script.request(2))) {
            assertThat(session.state()).isEqualTo(State.OPEN);
            assertThat(script.openDecoders()).isZero();
            assertThat(script.stepsRun()).isZero();
        }
    }

    @Test
    void oneCallRunsTheStepsOfOneLatentFrameAndNoMore() {
        try (GenerationSession session = script.model().open(script.request(3));
                GeneratedFrame first = session.next()) {
            assertThat(script.stepsRun()).isEqualTo(ScriptedModel.STEPS);
            assertThat(first.pictures()).hasSize(1);
            assertThat(first.number()).isZero();
            assertThat(first.condition()).isFalse();
        }
    }

    @Test
    void picturesAreTimedWithoutGapsOverLatentFrames() {
        List<Long> times = new ArrayList<>();
        try (GenerationSession session = script.model().open(script.request(3))) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = session.next()) {
                    frame.pictures().forEach(picture -> times.add(picture.pts()));
                }
            }
        }
        assertThat(times).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void aConditionIsDeliveredAsTheFirstFrameWithoutAnyStep() {
        VideoFrame image = script.model().pool().take(16, 16, 0, script.model().timeBase());
        GenerationRequest request = script.request(2).withCondition(List.of(image));
        try (GenerationSession session = script.model().open(request)) {
            try (GeneratedFrame given = session.next()) {
                assertThat(given.condition()).isTrue();
                assertThat(given.pictures()).hasSize(1);
                assertThat(script.stepsRun()).isZero();
            }
            try (GeneratedFrame generated = session.next()) {
                assertThat(generated.number()).isEqualTo(1);
                assertThat(generated.condition()).isFalse();
                assertThat(generated.pictures()).hasSize(4);
            }
            assertThat(session.hasNext()).isFalse();
        }
        assertThat(image.rgb()).as("the condition stays the caller's").isNotNull();
        image.release();
    }

    @Test
    void theSameSeedGivesTheSameFramesAndAnotherSeedOthers() {
        assertThat(codes(script.request(4).withSeed(7)))
                .isEqualTo(codes(script.request(4).withSeed(7)));
        assertThat(codes(script.request(4).withSeed(7)))
                .isNotEqualTo(codes(script.request(4).withSeed(8)));
    }

    @Test
    void compactionThroughTheLeaseChangesWhatTheNextFrameSees() {
        List<List<Integer>> full = codes(script.request(3));
        try (GenerationSession session = script.model().open(script.request(3))) {
            session.next().release();
            GeneratedFrame second = session.next();
            CacheLease.Residency left = second.lease().apply(newestOnly(second.lease()));
            assertThat(left.tokens()).isLessThan(second.statistics().tokensBefore());
            assertThat(left.bytes()).isLessThan(second.statistics().residentBytes());
            second.release();
            try (GeneratedFrame third = session.next()) {
                assertThat(asList(third.codes())).isNotEqualTo(full.get(2));
            }
        }
    }

    @Test
    void aLeaseUsedAfterTheNextDemandSaysWhereTheOperatorBelongs() {
        try (GenerationSession session = script.model().open(script.request(2));
                GeneratedFrame first = session.next();
                GeneratedFrame second = session.next()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> first.lease().view())
                    .withMessageContaining("latent frame 0")
                    .withMessageContaining("packCache must stand directly after generate, before any operator that"
                            + " prefetches or changes thread");
            assertThat(second.lease().view().frames()).hasSize(2);
        }
    }

    @Test
    void aLeaseUsedAfterCloseIsRefused() {
        GenerationSession session = script.model().open(script.request(2));
        GeneratedFrame frame = session.next();
        session.close();
        assertThatIllegalStateException().isThrownBy(() -> frame.lease().view()).withMessageContaining("was closed");
        frame.release();
    }

    @Test
    void aPlanThatDoesNotFitIsRefusedAndTheSessionGoesOn() {
        try (GenerationSession session = script.model().open(script.request(2))) {
            GeneratedFrame first = session.next();
            CompactionPlan wrong =
                    new CompactionPlan(CompactionPlan.ALL_TEXT, List.of(new FramePlan(99, 99, new BitSet())), 100);
            assertThatThrownBy(() -> first.lease().apply(wrong)).isInstanceOf(IllegalArgumentException.class);
            first.release();
            session.next().release();
        }
    }

    @Test
    void aCompactionThatFailsHalfWayEndsTheSession() {
        script.failCompaction(new ArithmeticException("out of angles"));
        try (GenerationSession session = script.model().open(script.request(2));
                GeneratedFrame frame = session.next()) {
            assertThatThrownBy(() -> frame.lease().apply(newestOnly(frame.lease())))
                    .isInstanceOf(ArithmeticException.class);
            assertThat(session.state()).isEqualTo(State.FAILED);
            assertThatThrownBy(session::next).isInstanceOf(SessionStateException.class);
        }
    }

    @Test
    void cancelDuringAStepEndsAfterThatStepAndTheFrameCanBeBegunAgain() {
        List<List<Integer>> undisturbed = codes(script.request(3));
        try (GenerationSession session = script.model().open(script.request(3))) {
            session.next().release();
            long before = script.stepsRun();
            script.onStep((frame, step) -> {
                if (step == 1) {
                    session.cancel();
                }
            });
            assertThatThrownBy(session::next).isInstanceOf(CancellationException.class);
            assertThat(script.stepsRun() - before)
                    .as("steps of the cancelled frame")
                    .isEqualTo(2);
            assertThat(session.state()).isEqualTo(State.OPEN);
            script.onStep((frame, step) -> {});
            try (GeneratedFrame again = session.next()) {
                assertThat(again.number()).isEqualTo(1);
                assertThat(asList(again.codes())).isEqualTo(undisturbed.get(1));
            }
        }
    }

    @Test
    void cancelBeforeTheFirstFrameCostsNoStepAndLosesNothing() {
        try (GenerationSession session = script.model().open(script.request(1))) {
            session.cancel();
            assertThatThrownBy(session::next).isInstanceOf(CancellationException.class);
            assertThat(script.stepsRun()).isZero();
            session.next().release();
        }
    }

    @Test
    void everyConditioningFrameCanBeCancelledAndIsThenDelivered() {
        List<VideoFrame> clip = Collections.nCopies(
                9, VideoFrame.unpooled(16, 16, 0, script.model().timeBase(), new byte[3 * 16 * 16]));
        try (GenerationSession session = script.model().open(script.request(4).withCondition(clip))) {
            for (int number = 0; number < 3; number++) {
                session.cancel();
                assertThatThrownBy(session::next)
                        .as("conditioning frame %d", number)
                        .isInstanceOf(CancellationException.class);
                try (GeneratedFrame frame = session.next()) {
                    assertThat(frame.number()).isEqualTo(number);
                    assertThat(frame.condition()).isTrue();
                }
            }
        }
    }

    @Test
    void aFailingStepNamesFrameAndStepAndTheSessionGoesOnOnlyAfterItRecovered() {
        try (GenerationSession session = script.model().open(script.request(3))) {
            session.next().release();
            ArithmeticException cause = new ArithmeticException("not a number");
            script.onStep((frame, step) -> {
                if (step == 2) {
                    throw cause;
                }
            });
            GenerationException failure = catchThrowableOfType(GenerationException.class, session::next);
            assertThat(failure).hasCause(cause).hasMessageContaining("latent frame 1 failed during refinement step 2");
            assertThat(failure.frame()).isEqualTo(1);
            assertThat(failure.step()).isEqualTo(2);
            assertThat(session.state()).isEqualTo(State.FAILED);
            assertThatThrownBy(session::next)
                    .isInstanceOf(SessionStateException.class)
                    .hasMessage(
                            "the session is FAILED and cannot generate; recover it, or close it and open another one");
        }
    }

    @Test
    void aFailedFrameLeavesNoTraceSoThatTheSessionRecoversIntoTheSameFrames() {
        List<List<Integer>> undisturbed = codes(script.request(3));
        try (GenerationSession session = script.model().open(script.request(3))) {
            for (int number = 0; number < 3; number++) {
                int failing = number;
                script.onStep((frame, step) -> {
                    if (step == failing) {
                        throw new ArithmeticException("not a number");
                    }
                });
                assertThatThrownBy(session::next).isInstanceOf(GenerationException.class);
                script.onStep((frame, step) -> {});
                session.recover();
                assertThat(session.state()).isEqualTo(State.OPEN);
                try (GeneratedFrame frame = session.next()) {
                    assertThat(frame.number()).isEqualTo(number);
                    assertThat(asList(frame.codes())).isEqualTo(undisturbed.get(number));
                }
            }
        }
    }

    @Test
    void onlyAFailedSessionThatIsWholeRecovers() {
        GenerationSession session = script.model().open(script.request(3));
        assertThatThrownBy(session::recover)
                .hasMessage("the session is OPEN and cannot recover; only a failed session can");
        script.failPictures(new ArithmeticException("no colour"));
        assertThatThrownBy(session::next).isInstanceOf(GenerationException.class);
        assertThatThrownBy(session::recover)
                .hasMessage(
                        "the session is FAILED and cannot recover; what failed was half done and the request keeps no"
                                + " state to go back to; close it and open another one");
        session.close();
        assertThatThrownBy(session::recover)
                .hasMessage("the session is CLOSED and cannot recover; only a failed session can");
    }

    @Test
    void aFailingStorePassAndAFailingPictureDecoderAreNamed() {
        script.failCommit(new ArithmeticException("no room"));
        try (GenerationSession session = script.model().open(script.request(3))) {
            assertThatThrownBy(session::next).hasMessageContaining("latent frame 0 failed during the store pass");
        }
        script.failCommit(null);
        script.failPictures(new ArithmeticException("no colour"));
        try (GenerationSession session = script.model().open(script.request(3))) {
            GenerationException failure = catchThrowableOfType(GenerationException.class, session::next);
            assertThat(failure).hasMessageContaining("latent frame 0 failed during decoding its pictures");
            assertThat(failure.step()).isEqualTo(GenerationException.NO_STEP);
        }
    }

    @Test
    void askingBeyondTheEndIsRefused() {
        try (GenerationSession session = script.model().open(script.request(1))) {
            session.next().release();
            assertThat(session.hasNext()).isFalse();
            assertThatThrownBy(session::next)
                    .isInstanceOf(SessionStateException.class)
                    .hasMessageContaining("all 1 latent frames were delivered");
        }
    }

    @Test
    void closingFromAnotherThreadEndsAFrameWithinOneStepAndFreesAll() throws InterruptedException {
        GenerationSession session = script.model().open(script.request(1));
        Thread closer = new Thread(session::close);
        script.onStep((frame, step) -> {
            closer.start();
            Threads.awaitWaiting(closer);
        });
        assertThatThrownBy(session::next).isInstanceOf(CancellationException.class);
        closer.join();
        assertThat(script.stepsRun()).isEqualTo(1);
        assertThat(session.state()).isEqualTo(State.CLOSED);
        assertThatThrownBy(session::next)
                .isInstanceOf(SessionStateException.class)
                .hasMessage("the session is CLOSED and cannot generate; open another one");
    }

    @Test
    void closingTwiceAndClosingAfterAFailureFreeOnce() {
        script.onStep((frame, step) -> {
            throw new ArithmeticException("not a number");
        });
        GenerationSession session = script.model().open(script.request(1));
        assertThatThrownBy(session::next).isInstanceOf(GenerationException.class);
        session.close();
        session.close();
        assertThat(script.openDecoders()).isZero();
    }

    @Test
    void twoSessionsOfOneModelDoNotDisturbEachOther() {
        List<List<Integer>> alone = codes(script.request(3));
        try (GenerationSession one = script.model().open(script.request(3));
                GenerationSession two = script.model().open(script.request(3).withSeed(9))) {
            for (int i = 0; i < 3; i++) {
                try (GeneratedFrame frame = one.next();
                        GeneratedFrame other = two.next()) {
                    assertThat(asList(frame.codes())).isEqualTo(alone.get(i)).isNotEqualTo(asList(other.codes()));
                }
            }
        }
    }

    @Test
    void closingTheModelEndsItsSessionsAndRefusesNewOnes() {
        ScriptedModel other = new ScriptedModel();
        GenerationSession session = other.model().open(other.request(2));
        session.next().release();
        other.close();
        assertThat(session.state()).isEqualTo(State.CLOSED);
        other.assertNothingHeld();
        assertThatIllegalStateException()
                .isThrownBy(() -> other.model().open(other.request(2).withPrompt("a unicorn")))
                .withMessage("the model is closed; load it again");
    }

    @Test
    void aSessionThatCannotBeClosedKeepsNeitherOtherSessionsNorTheWeights() {
        ScriptedModel other = new ScriptedModel();
        for (int i = 0; i < 2; i++) {
            other.model().open(other.request(2)).next().release();
        }
        other.failClose(() -> new ArithmeticException("stuck"));
        assertThatThrownBy(other::close)
                .hasMessage("stuck")
                .satisfies(failure -> assertThat(failure.getSuppressed())
                        .as("failure of the other session")
                        .hasSize(1));
        other.assertNothingHeld();
        other.close();
    }

    private List<List<Integer>> codes(GenerationRequest request) {
        List<List<Integer>> codes = new ArrayList<>();
        try (GenerationSession session = script.model().open(request)) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = session.next()) {
                    codes.add(asList(frame.codes()));
                }
            }
        }
        return codes;
    }

    private static CompactionPlan newestOnly(CacheLease lease) {
        List<FrameView> frames = lease.view().frames();
        FrameView newest = frames.get(frames.size() - 1);
        return new CompactionPlan(
                CompactionPlan.ALL_TEXT,
                List.of(new FramePlan(newest.frame(), newest.slot(), newest.held())),
                newest.slot() + 1);
    }

    private static List<Integer> asList(int[] codes) {
        return Arrays.stream(codes).boxed().toList();
    }
}
