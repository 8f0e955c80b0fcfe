package io.packcache.media.file;

import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all sinks to files that show time have in common: one size, rising times, one thread at a time, an end that plays.
 *
 * <p>Thread: one at a time writes; {@link #close} may come from any other, even while a write runs, and waits for it, at
 * most {@link #CLOSE_WAIT}. Both block while the encoder works.
 */
final class FileRecording implements FrameSink {

    /** Longest time that {@link #close} waits for a write on another thread. */
    static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(FileRecording.class);

    private final Destination destination;
    private final Recorder.Kind kind;
    private final Turn turn = new Turn();

    private volatile boolean closing;
    private final AtomicLong pictures = new AtomicLong();
    private volatile long shifted;

    /* What follows is touched only by the thread that has the turn. */
    private boolean closed;
    private boolean refusing;
    private boolean encoderFailed;
    private int width;
    private int height;
    private TimeBase timeBase;
    private Timeline timeline;
    private Recorder recorder;

    FileRecording(Destination destination, Recorder.Kind kind) {
        this.destination = destination;
        this.kind = kind;
    }

    /** Pictures written so far. */
    long pictures() {
        return pictures.get();
    }

    /** Pictures that were not late enough after the one before them, and were moved. */
    long shifted() {
        return shifted;
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        try (picture) {
            turn.take();
            try {
                if (closing || refusing) {
                    throw new SinkException(destination.file() + (closing ? " is closed" : " failed before")
                            + "; picture " + pictures + " was not written");
                }
                refusing = true;
                add(picture);
                refusing = false;
            } finally {
                turn.end();
            }
        }
    }

    private void add(VideoFrame picture) throws SinkException {
        if (recorder == null) {
            begin(picture);
        }
        if (picture.width() != width || picture.height() != height) {
            throw refusal("it has " + picture.width() + " x " + picture.height() + " pixels, the file began with "
                    + width + " x " + height);
        }
        if (!picture.timeBase().equals(timeBase)) {
            throw refusal("its time base is " + picture.timeBase() + ", the file began with " + timeBase);
        }
        try {
            long tick = timeline.place(picture.pts());
            encoderFailed = true;
            recorder.write(picture, tick, timeline.duration());
            encoderFailed = false;
        } catch (IllegalArgumentException | FfmpegException e) {
            throw refusal(e);
        }
        shifted = timeline.shifted();
        pictures.incrementAndGet();
    }

    /** Opens encoder and then file for pictures like the first one. */
    private void begin(VideoFrame first) throws SinkException {
        width = first.width();
        height = first.height();
        timeBase = first.timeBase();
        timeline = kind.timeline(timeBase, first.pts());
        Recorder opened;
        try {
            opened = kind.open(first, timeline.ticks());
        } catch (IllegalArgumentException | FfmpegException e) {
            throw refusal(e);
        }
        boolean started = false;
        try {
            opened.begin(destination.begin());
            destination.started();
            started = true;
        } catch (FfmpegException e) {
            throw refusal(e);
        } finally {
            if (!started) {
                opened.close();
                destination.discard();
            }
        }
        recorder = opened;
    }

    @Override
    public void close() throws SinkException {
        closing = true;
        if (!turn.take(CLOSE_WAIT)) {
            throw new SinkException(destination.file() + " could not be finished: a write still runs after "
                    + CLOSE_WAIT.toSeconds() + " s");
        }
        try {
            if (!closed) {
                closed = true;
                end();
            }
        } finally {
            turn.end();
        }
    }

    private void end() throws SinkException {
        if (recorder == null) {
            LOG.warn("no picture was written, so there is no file {}", destination.file());
            return;
        }
        if (pictures.get() == 0) {
            recorder.close();
            destination.discard();
            return;
        }
        try (Recorder ending = recorder) {
            if (encoderFailed) {
                ending.finishWithoutEncoder();
            } else {
                ending.finish();
            }
        } catch (FfmpegException e) {
            boolean plays = destination.playsUnfinished();
            mend();
            if (!plays) {
                destination.discard();
            }
            throw new SinkException(
                    "cannot finish " + destination.file() + " after picture " + (pictures.get() - 1) + ", "
                            + (plays ? "it plays up to its last whole fragment: " : "nothing of it was kept: ")
                            + e.getMessage(),
                    e);
        }
        if (encoderFailed) {
            mend();
        }
        destination.finished();
    }

    private void mend() {
        try {
            if (destination.playsUnfinished()) {
                kind.mend(destination.file());
            }
        } catch (IOException e) {
            LOG.warn("cannot cut off what is torn at the end of {}", destination.file(), e);
        }
    }

    private SinkException refusal(Exception cause) {
        return new SinkException(
                "cannot write picture " + pictures + " to " + destination.file() + ": " + cause.getMessage(), cause);
    }

    private SinkException refusal(String why) {
        return new SinkException("cannot write picture " + pictures + " to " + destination.file() + ": " + why);
    }
}
