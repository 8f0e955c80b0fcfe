package io.packcache.examples.onair;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.frame.Epoch;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetimingTest {

    private final List<PromptEvent> events = new ArrayList<>();
    private final Retiming retiming = new Retiming(12, events::add);
    private final AtomicInteger released = new AtomicInteger();

    private VideoFrame onAir(long pts, Epoch epoch) {
        TimeBase model = TimeBase.ofFramesPerSecond(8);
        return retiming.of(
                new VideoFrame(2, 2, pts, model, new byte[12], ignored -> released.incrementAndGet(), epoch));
    }

    private static PromptEvent.Shown shown(String prompt, long epoch, long pts) {
        return new PromptEvent.Shown(prompt, PromptMode.RECACHE, epoch, pts / 4, pts);
    }

    @Test
    void theScreenDoesNotStandStillForWhatANewPromptDropped() {
        Epoch before = new Epoch(0);
        Epoch after = new Epoch(1);
        List<VideoFrame> pictures = List.of(onAir(0, before), onAir(1, before), onAir(13, after), onAir(14, after));
        assertThat(pictures).extracting(VideoFrame::pts).containsExactly(0L, 1L, 2L, 3L);
        assertThat(pictures).allMatch(picture -> picture.timeBase().equals(TimeBase.ofFramesPerSecond(12)));
    }

    @Test
    void aPictureIsReleasedOnceWhenItsCopyOnAirIs() {
        VideoFrame picture = onAir(0, Epoch.NONE);
        assertThat(released).hasValue(0);
        picture.release();
        assertThat(released).hasValue(1);
    }

    @Test
    void aPromptIsToldWhenItsFirstPictureGoesOnAirAndWithThatTime() {
        onAir(0, new Epoch(0)).release();
        retiming.announce(shown("a blue square", 1, 13));
        onAir(1, new Epoch(0)).release();
        assertThat(events).isEmpty();
        onAir(13, new Epoch(1)).release();
        onAir(14, new Epoch(1)).release();
        assertThat(events).containsExactly(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 3, 2));
    }

    @Test
    void aPromptWhosePicturesAllFellToANewerOneIsToldAsOvertaken() {
        PromptEvent refused = new PromptEvent.Refused("a dog", new IllegalArgumentException("no word dog"));
        retiming.announce(shown("a blue square", 1, 13));
        retiming.announce(refused);
        retiming.announce(shown("a red square", 2, 17));
        onAir(17, new Epoch(2)).release();
        assertThat(events)
                .containsExactly(
                        refused,
                        new PromptEvent.Overtaken("a blue square"),
                        new PromptEvent.Shown("a red square", PromptMode.RECACHE, 2, 4, 0));
    }
}
