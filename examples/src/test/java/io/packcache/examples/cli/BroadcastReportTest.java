package io.packcache.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.examples.onair.OnAirMeter;
import io.packcache.examples.onair.Screen;
import io.packcache.media.live.LiveListener.State;
import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.frame.PromptMode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class BroadcastReportTest {

    private final List<String> said = new ArrayList<>();
    private final BroadcastReport report = new BroadcastReport(new Lines(), new OnAirMeter(12), 12);

    @Test
    void goingOnAirLosingItAndComingBackAreOneLineEach() {
        report.changed(State.CONNECTING, 1, "connecting to rtmp://host/app/***");
        report.changed(State.LIVE, 1, "live at rtmp://host/app/***");
        report.changed(State.RETRYING, 1, "could not write a picture: Broken pipe");
        report.changed(State.CONNECTING, 1, "connecting to rtmp://host/app/***");
        report.changed(State.LIVE, 1, "live at rtmp://host/app/***");
        report.changed(State.CLOSED, 0, "closed");
        assertThat(said)
                .containsExactly(
                        "0:00  live at rtmp://host/app/***; type another prompt and press Enter, Ctrl-C ends",
                        "0:00  off air, trying again: could not write a picture: Broken pipe",
                        "0:00  live at rtmp://host/app/*** again");
    }

    @Test
    void everyPromptIsAnswered() {
        report.prompt(new PromptEvent.Shown("a blue square", PromptMode.RECACHE, 1, 20, 12 * 67));
        report.prompt(new PromptEvent.Overtaken("a red square"));
        report.prompt(new PromptEvent.Refused("a dog", new IllegalArgumentException("no word dog")));
        assertThat(said)
                .containsExactly(
                        "0:00  from 1:07 on: a blue square",
                        "0:00  never shown, a newer one came first: a red square",
                        "0:00  not shown: a dog (no word dog)");
    }

    @Test
    void timesReadAsOnAClock() {
        assertThat(BroadcastReport.clock(7.9)).isEqualTo("0:07");
        assertThat(BroadcastReport.clock(3599.9)).isEqualTo("59:59");
        assertThat(BroadcastReport.clock(7205)).isEqualTo("2:00:05");
    }

    private final class Lines implements Screen {

        @Override
        public Flux<String> lines() {
            return Flux.empty();
        }

        @Override
        public Mono<Void> stop() {
            return Mono.never();
        }

        @Override
        public void say(String line) {
            said.add(line);
        }

        @Override
        public void status(String line) {
            said.add(line);
        }

        @Override
        public void close() {}
    }
}
