package io.packcache.media.file;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.colour.Yuv420;
import io.packcache.media.ffmpeg.EncoderChoice;
import io.packcache.media.ffmpeg.Encoding;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.VideoWriter;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures to an MP4 file that plays: H.264, BT.709 limited range, as many pictures out as in.
 *
 * <p>Thread: one at a time writes; {@link #close} may come from any other, even while a write runs, and waits for it, at
 * most {@link #CLOSE_WAIT}. Both block while the encoder works.
 *
 * <p>Time: the first picture is time zero, and its time base holds for the file. Times are to rise; a picture that is not
 * later than the one before is put one tick after it and counted in {@link #shifted()}. A picture lasts until the next
 * one, the last as long as the one before it.
 *
 * <p>Errors: a picture of another size or time base, one an hour late, a full disk. What was written until then is
 * finished by {@link #close}.
 *
 * <p>A crash: with {@link Mp4Settings.Container#FRAGMENTED} the file plays up to its last key picture. With
 * {@link Mp4Settings.Container#FASTSTART} pictures go to a sibling file named {@code NAME.*.part} that takes the name
 * only when it is whole, so no file of that name is ever half written.
 *
 * <p>Closed without a picture, it leaves no file.
 */
public final class Mp4Sink implements FrameSink {

    /** Longest time that {@link #close} waits for a write on another thread. */
    public static final Duration CLOSE_WAIT = Duration.ofSeconds(10);

    /** Not every H.264 encoder takes less than one macroblock. */
    private static final int SMALLEST = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Mp4Sink.class);

    private static final Map<Mp4Settings.Container, Map<String, String>> CONTAINER_OPTIONS = Map.of(
            Mp4Settings.Container.FASTSTART,
            Map.of("movflags", "faststart"),
            Mp4Settings.Container.FRAGMENTED,
            Map.of("movflags", "frag_keyframe+empty_moov+default_base_moof", "flush_packets", "1"));

    private final Mp4Settings settings;
    private final OutputFile output;
    private final ReentrantLock turn = new ReentrantLock();

    private volatile boolean closing;
    private final AtomicLong pictures = new AtomicLong();
    private volatile long shifted;

    /* What follows is touched only by the thread that has the turn. */
    private boolean closed;
    private boolean refusing;
    private boolean encoderFailed;
    private TimeBase timeBase;
    private Timeline timeline;
    private PicturePlanes planes;
    private VideoWriter writer;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public Mp4Sink(Path file, Mp4Settings settings) throws SinkException {
        this.settings = settings;
        output = new OutputFile(file, settings.overwrite(), settings.container() == Mp4Settings.Container.FASTSTART);
    }

    /**
     * Which encoder this machine's natives give, and why, in one sentence.
     *
     * @throws SinkException if they give none
     */
    public static String encoder() throws SinkException {
        try {
            return EncoderChoice.h264().reason();
        } catch (FfmpegException e) {
            throw new SinkException(e.getMessage(), e);
        }
    }

    /** Pictures written so far. */
    public long pictures() {
        return pictures.get();
    }

    /** Pictures that were not later than the one before them, and were put one tick after it. */
    public long shifted() {
        return shifted;
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        try (picture) {
            turn.lock();
            try {
                if (closing || refusing) {
                    throw new SinkException(output.file() + (closing ? " is closed" : " failed before") + "; picture "
                            + pictures + " was not written");
                }
                refusing = true;
                add(picture);
                refusing = false;
            } finally {
                turn.unlock();
            }
        }
    }

    private void add(VideoFrame picture) throws SinkException {
        if (planes == null) {
            begin(picture);
        }
        if (!planes.fits(picture)) {
            throw refusal("it has " + picture.width() + " x " + picture.height() + " pixels, the file began with "
                    + planes.width() + " x " + planes.height());
        }
        if (!picture.timeBase().equals(timeBase)) {
            throw refusal("its time base is " + picture.timeBase() + ", the file began with " + timeBase);
        }
        try {
            long tick = timeline.place(picture.pts());
            encoderFailed = true;
            writer.write(planes.of(picture), tick, timeline.duration());
            encoderFailed = false;
        } catch (IllegalArgumentException | FfmpegException e) {
            throw refusal(e);
        }
        shifted = timeline.shifted();
        pictures.incrementAndGet();
    }

    /** Opens encoder and file for pictures like the first one. */
    private void begin(VideoFrame first) throws SinkException {
        boolean asPictures = settings.width() == 0;
        PicturePlanes made = new PicturePlanes(
                first.width(),
                first.height(),
                asPictures ? first.width() : settings.width(),
                asPictures ? first.height() : settings.height());
        if (made.planes().width() < SMALLEST || made.planes().height() < SMALLEST) {
            throw refusal("H.264 wants at least " + SMALLEST + " x " + SMALLEST + " pixels, this file would have "
                    + made.planes().width() + " x " + made.planes().height() + "; ask for a larger size");
        }
        timeBase = first.timeBase();
        timeline = new Timeline(timeBase, first.pts());
        Path target = output.begin();
        try {
            writer = new VideoWriter(
                    target,
                    "mp4",
                    CONTAINER_OPTIONS.get(settings.container()),
                    settings.metadata(),
                    encoding(made.planes()));
        } catch (FfmpegException e) {
            output.discard();
            throw refusal(e);
        }
        planes = made;
    }

    private Encoding encoding(Yuv420 size) {
        double seconds = settings.keyInterval().toNanos() / 1e9;
        long keyTicks = Math.max(1, Math.round(seconds * timeBase.denominator() / timeBase.numerator()));
        boolean prompt = settings.container() == Mp4Settings.Container.FRAGMENTED;
        return new Encoding(size.width(), size.height(), timeBase, settings.quality(), keyTicks, prompt);
    }

    @Override
    public void close() throws SinkException {
        closing = true;
        if (!takeTurn()) {
            throw new SinkException(output.file() + " could not be finished: a write still runs after "
                    + CLOSE_WAIT.toSeconds() + " s");
        }
        try {
            if (!closed) {
                closed = true;
                end();
            }
        } finally {
            turn.unlock();
        }
    }

    private void end() throws SinkException {
        if (writer == null) {
            LOG.warn("no picture was written, so there is no file {}", output.file());
            return;
        }
        if (pictures.get() == 0) {
            writer.close();
            output.discard();
            return;
        }
        try (VideoWriter ending = writer) {
            if (encoderFailed) {
                ending.finishWithoutEncoder();
            } else {
                ending.finish();
            }
        } catch (FfmpegException e) {
            boolean lost = settings.container() == Mp4Settings.Container.FASTSTART;
            if (lost) {
                output.discard();
            }
            throw new SinkException(
                    "cannot finish " + output.file() + " after picture " + (pictures.get() - 1) + ", "
                            + (lost ? "nothing of it was kept: " : "it plays up to its last whole fragment: ")
                            + e.getMessage(),
                    e);
        }
        output.publish();
    }

    /** Waits for the turn even when interrupted, because a cancelled run is to leave a file that plays. */
    private boolean takeTurn() {
        long end = System.nanoTime() + CLOSE_WAIT.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return turn.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private SinkException refusal(Exception cause) {
        return new SinkException(
                "cannot write picture " + pictures + " to " + output.file() + ": " + cause.getMessage(), cause);
    }

    private SinkException refusal(String why) {
        return new SinkException("cannot write picture " + pictures + " to " + output.file() + ": " + why);
    }
}
