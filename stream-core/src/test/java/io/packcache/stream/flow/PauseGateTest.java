package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.GenerationSession;
import io.packcache.stream.session.GenerationSession.State;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The gate on its own, between a session with a queue of pictures and a viewer that counts. */
class PauseGateTest {

    private final ScriptedModel script = new ScriptedModel();
    private final PauseControl control = new PauseControl();
    private final Deque<VideoFrame> queue = new ArrayDeque<>();
    private final List<Long> shown = new ArrayList<>();

    @AfterEach
    void nothingIsHeld() {
        queue.forEach(VideoFrame::release);
        script.assertNothingHeld();
        script.close();
    }

    private PauseGate open() {
        return new PauseGate(control, FlowObserver.NONE);
    }

    private void generate(GenerationSession session, int latentFrames) {
        for (int i = 0; i < latentFrames; i++) {
            queue.addAll(session.next().takePictures());
        }
    }

    /** Lets the viewer ask until nothing comes any more; {@code most} pictures at most. */
    private void show(PauseGate gate, int most) {
        for (int i = 0; i < most; i++) {
            VideoFrame picture = gate.poll(0);
            while (picture == null && gate.ask(1, 0) > 0 && !queue.isEmpty()) {
                gate.take(queue.poll(), 0);
                picture = gate.poll(0);
            }
            if (picture == null) {
                return;
            }
            shown.add(picture.pts());
            picture.release();
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(0, last).boxed().toList();
    }

    @Test
    void openItPassesOnePictureForEachAsked() {
        try (GenerationSession session = script.model().open(script.request(3))) {
            generate(session, 3);
            PauseGate gate = open();
            assertThat(gate.ask(0, 0)).isZero();
            assertThat(gate.ask(5, 1)).as("one is owed").isZero();
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(8));
            gate.discard();
        }
    }

    @Test
    void heldNothingPassesAndNothingIsLost() {
        try (GenerationSession session = script.model().open(script.request(3))) {
            generate(session, 3);
            PauseGate gate = open();
            show(gate, 4);
            gate.take(queue.poll(), 0);
            control.pause(PauseMode.HOLD);
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(3));
            assertThat(session.state())
                    .as("the session rests by backpressure alone")
                    .isEqualTo(State.OPEN);
            control.resume();
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(8));
            gate.discard();
        }
    }

    @Test
    void drainedWhatIsInFlightIsShownAndTheSessionGeneratesNothing() {
        try (GenerationSession session = script.model().open(script.request(5))) {
            generate(session, 3);
            PauseGate gate = open();
            show(gate, 4);
            control.pause(PauseMode.DRAIN);
            assertThat(session.state()).isEqualTo(State.PAUSED);
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(8));
            control.resume();
            generate(session, 2);
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(16));
            gate.discard();
        }
    }

    @Test
    void rolledBackThePicturesInFlightAreMadeAgainWithoutGapOrRepetition() {
        GenerationRequest request = script.request(6).withRewind(3);
        try (GenerationSession session = script.model().open(request)) {
            generate(session, 5);
            PauseGate gate = open();
            // Latent frame 2 is shown in part: pictures 5 and 6 of 5 to 8.
            show(gate, 7);
            gate.take(queue.poll(), 0);
            control.pause(PauseMode.ROLL_BACK);
            assertThat(queue).allMatch(picture -> picture.epoch().isOver());
            assertThat(session.state()).isEqualTo(State.PAUSED);
            assertThat(gate.poll(0)).isNull();
            control.resume();
            generate(session, 4);
            assertThat(session.hasNext()).isFalse();
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(20));
            gate.discard();
        }
    }

    @Test
    void aPromptGivenDuringTheRollBackTakesHoldRightAfterTheLastPictureShown() {
        try (GenerationSession session = script.model().open(script.request(6).withRewind(3))) {
            generate(session, 4);
            PauseGate gate = open();
            show(gate, 5);
            control.pause(PauseMode.ROLL_BACK);
            assertThat(session.steering()
                            .switchPrompt("a blue square", PromptMode.RECACHE)
                            .toCompletableFuture())
                    .isNotDone();
            control.resume();
            try (GeneratedFrame frame = session.next()) {
                assertThat(frame.number()).isEqualTo(2);
                assertThat(frame.epoch().number()).isEqualTo(1);
            }
            gate.discard();
        }
    }

    @Test
    void moreInFlightThanTheRequestKeepsIsRefusedAndTheStreamIsNotPaused() {
        try (GenerationSession session = script.model().open(script.request(6).withRewind(1))) {
            generate(session, 5);
            PauseGate gate = open();
            show(gate, 2);
            assertThatThrownBy(() -> control.pause(PauseMode.ROLL_BACK)).hasMessageContaining("withRewind");
            assertThat(control.mode()).isNull();
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(16));
            gate.discard();
        }
    }

    @Test
    void aPauseThatComesBeforeTheFirstPictureHolds() {
        control.pause(PauseMode.DRAIN);
        try (GenerationSession session = script.model().open(script.request(3))) {
            generate(session, 1);
            PauseGate gate = open();
            show(gate, 100);
            assertThat(shown).isEqualTo(upTo(0));
            assertThat(session.state()).isEqualTo(State.PAUSED);
            gate.discard();
        }
    }

    @Test
    void whatIsOfAnEpochThatIsOverIsDropped() {
        HandmadeFrames handmade = new HandmadeFrames();
        PauseGate gate = open();
        queue.addAll(handmade.next(3).takePictures());
        show(gate, 1);
        gate.take(queue.poll(), 0);
        handmade.nextEpoch();
        assertThat(gate.poll(0)).isNull();
        assertThat(gate.isEmpty()).isTrue();
        queue.addAll(handmade.next(1).takePictures());
        show(gate, 100);
        assertThat(shown).containsExactly(0L, 3L);
        gate.discard();
        assertThat(handmade.pool.live()).isZero();
    }

    @Test
    void atAnEndTheHeldPictureIsReleasedAndTheControlServesAnotherStream() {
        HandmadeFrames handmade = new HandmadeFrames();
        PauseGate gate = open();
        control.pause(PauseMode.HOLD);
        gate.take(handmade.next(1).takePictures().get(0), 0);
        gate.complete();
        assertThat(gate.isEmpty()).as("waits for the viewer").isFalse();
        assertThatThrownBy(this::open).hasMessageContaining("already serves a running stream");
        gate.fail();
        assertThat(gate.isEmpty()).isTrue();
        assertThat(handmade.pool.live()).isZero();
        gate.discard();
        open().discard();
    }
}
