package io.packcache.examples.onair;

import io.packcache.stream.flow.PromptEvent;
import io.packcache.stream.flow.PromptEvent.Overtaken;
import io.packcache.stream.flow.PromptEvent.Shown;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Pictures as they go on air: one tick each, whatever became of pictures before them. A new prompt drops what was generated
 * ahead under the old one; by the times that pictures were generated with, the screen would stand still for as long. At
 * another rate than the model's, motion is faster or slower.
 *
 * <p>Announcements of prompts come from the session's thread, long before the picture; they are held until it goes by.
 */
public final class Retiming {

    private final TimeBase timeBase;
    private final Consumer<PromptEvent> events;
    private final AtomicReference<Shown> coming = new AtomicReference<>();
    private long next;

    /**
     * Shows so many pictures a second.
     *
     * @param events told what becomes of prompts; times are those on air
     */
    public Retiming(int fps, Consumer<PromptEvent> events) {
        this.timeBase = TimeBase.ofFramesPerSecond(fps);
        this.events = events;
    }

    /** An event of the prompt switch, whose {@link Shown} is told on when the picture that it speaks of goes by. */
    public void announce(PromptEvent event) {
        if (!(event instanceof Shown shown)) {
            events.accept(event);
            return;
        }
        Shown overtaken = coming.getAndSet(shown);
        if (overtaken != null) {
            events.accept(new Overtaken(overtaken.prompt()));
        }
    }

    /** Takes a picture over; its pixels go back to where they came from when the result is released. */
    public VideoFrame of(VideoFrame picture) {
        Shown shown = coming.get();
        if (shown != null && shown.epoch() == picture.epoch().number() && coming.compareAndSet(shown, null)) {
            events.accept(new Shown(shown.prompt(), shown.mode(), shown.epoch(), shown.latentFrame(), next));
        }
        VideoFrame onAir = picture.restamped(next++, timeBase, picture.epoch());
        picture.release(); // its pixels live as long as the other
        return onAir;
    }
}
