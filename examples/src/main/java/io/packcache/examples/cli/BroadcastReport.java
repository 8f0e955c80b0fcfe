package io.packcache.examples.cli;

import io.packcache.examples.onair.OnAirMeter;
import io.packcache.examples.onair.Screen;
import io.packcache.media.live.LiveListener;
import io.packcache.media.live.LiveSink;
import io.packcache.media.live.LiveStatistics;
import io.packcache.stream.flow.PromptEvent;
import java.util.Locale;

/** What a broadcast is told about in words: its events as lines that stay, its figures as the status. Any thread. */
final class BroadcastReport implements LiveListener {

    /** After so many seconds on air the speed of generation is known well enough to warn. */
    private static final int SETTLED = 10;

    private final Screen screen;
    private final OnAirMeter meter;
    private final int fps;
    private final long started = System.nanoTime();

    private volatile LiveSink sink;
    private volatile String state = "starting";
    private volatile long liveSince;
    private boolean live;
    private int ticks;
    private boolean warned;

    BroadcastReport(Screen screen, OnAirMeter meter, int fps) {
        this.screen = screen;
        this.meter = meter;
        this.fps = fps;
    }

    /** Takes the figures from this broadcast. */
    void watch(LiveSink broadcast) {
        sink = broadcast;
    }

    @Override
    public void changed(State next, int attempt, String detail) {
        switch (next) {
            case CONNECTING -> state = "connecting";
            case LIVE -> {
                state = "live";
                liveSince = live ? liveSince : System.nanoTime();
                say(detail + (live ? " again" : "; type another prompt and press Enter, Ctrl-C ends"));
                live = true;
            }
            case RETRYING -> {
                state = "retrying " + attempt;
                say("off air, trying again: " + detail);
            }
            case FAILED -> state = "failed";
            case CLOSED -> state = "closed";
        }
    }

    /** What became of a prompt. */
    void prompt(PromptEvent event) {
        if (event instanceof PromptEvent.Shown shown) {
            say(String.format(Locale.ROOT, "from %s on: %s", clock((double) shown.pts() / fps), shown.prompt()));
        } else if (event instanceof PromptEvent.Refused refused) {
            say("not shown: " + refused.prompt() + " (" + refused.reason().getMessage() + ")");
        } else if (event instanceof PromptEvent.Overtaken overtaken) {
            say("never shown, a newer one came first: " + overtaken.prompt());
        }
    }

    /** Brings the status up to date; called once a second. */
    void tick() {
        double speed = meter.realTimeFactor();
        if (sink == null || speed == 0) {
            screen.status("starting " + clock(seconds()));
            return;
        }
        LiveStatistics counts = sink.statistics();
        screen.status(String.format(
                Locale.ROOT,
                "%s %s | %.1f pictures/s | %.1fx real time | %d dropped | cache %s",
                state,
                clock(seconds()),
                meter.rate(counts.sent(), System.nanoTime()),
                speed,
                counts.dropped(),
                Units.bytes(meter.cacheBytes())));
        if (++ticks > SETTLED && !warned && speed > 0 && speed < 1) {
            warned = true;
            say(String.format(
                    Locale.ROOT,
                    "this machine makes %.2fx of real time, so pictures come late; --fps %d would run smoothly",
                    speed,
                    Math.max(1, (int) Math.floor(fps * speed))));
        }
    }

    /** The whole broadcast in one line. */
    String summary() {
        LiveStatistics counts = sink.statistics();
        if (counts.connections() == 0) {
            return "never on air";
        }
        return String.format(
                Locale.ROOT,
                "%d pictures sent in %s on air, %d dropped, %s, cache %s",
                counts.sent(),
                clock((System.nanoTime() - liveSince) / 1e9),
                counts.dropped(),
                counts.connections() == 1 ? "one connection" : counts.connections() + " connections",
                Units.bytes(meter.cacheBytes()));
    }

    private void say(String line) {
        screen.say(clock(seconds()) + "  " + line);
    }

    private double seconds() {
        return (System.nanoTime() - started) / 1e9;
    }

    /** {@code 1:07}, {@code 2:00:05}. */
    static String clock(double seconds) {
        long whole = (long) seconds;
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }
}
