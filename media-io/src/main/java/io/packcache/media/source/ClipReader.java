package io.packcache.media.source;

import io.packcache.media.colour.CoverScaler;
import io.packcache.media.file.VideoReader;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * The end of a video file as a clip to go on from.
 *
 * <p>Which pictures: at so many a second, the last of the clip being the last of the file; each is the one that the file
 * shows at that time. Which part of them: scaled, proportions kept, until they just cover the size; what juts out is cut
 * off evenly on both sides. However long the file, only what the clip spans is held.
 */
public final class ClipReader {

    /** A file of more pictures in the span of a clip is refused. */
    private static final int MOST_HELD = 4096;

    /** How far a time may be off, in parts of the distance between two pictures, and still be that time. */
    private static final double SLACK = 0.01;

    private ClipReader() {}

    /**
     * Reads the last pictures of a file.
     *
     * @param pictures how many, at least 1
     * @param fps how many a second, at least 1
     * @return the pictures from the first to the last, at ticks of 1 / fps from 0, in memory of their own
     * @throws IOException if the file is absent, damaged, no video, or shorter than the clip
     */
    public static List<VideoFrame> last(Path file, int pictures, int fps, int width, int height) throws IOException {
        if (pictures < 1 || fps < 1 || width < 1 || height < 1) {
            throw new IllegalArgumentException("a clip has at least 1 picture, a second and a size, got " + pictures
                    + " pictures, " + fps + " a second, " + width + " x " + height);
        }
        double span = (pictures - 1.0) / fps;
        ArrayDeque<Shown> held = new ArrayDeque<>();
        try (VideoReader reader = new VideoReader(file, new FramePool())) {
            for (VideoFrame next = reader.read(); next != null; next = reader.read()) {
                try (VideoFrame picture = next) {
                    double time = picture.timeBase().seconds(picture.pts());
                    byte[] rgb = CoverScaler.scale(picture.rgb(), picture.width(), picture.height(), width, height);
                    held.add(new Shown(time, rgb));
                    forget(held, time - span);
                }
                if (held.size() > MOST_HELD) {
                    throw new IOException(file + " has more than " + MOST_HELD + " pictures in the "
                            + String.format(Locale.ROOT, "%.1f", span) + " s of a clip");
                }
            }
        }
        return choose(held, file, pictures, fps, width, height);
    }

    /** Forgets all that are over before {@code start}. */
    private static void forget(ArrayDeque<Shown> held, double start) {
        while (held.size() > 1) {
            Iterator<Shown> order = held.iterator();
            order.next();
            if (order.next().time > start) {
                return;
            }
            held.remove();
        }
    }

    private static List<VideoFrame> choose(
            ArrayDeque<Shown> held, Path file, int pictures, int fps, int width, int height) throws IOException {
        if (held.isEmpty()) {
            throw new IOException(file + " has no picture");
        }
        double slack = SLACK / fps;
        double start = held.getLast().time - (pictures - 1.0) / fps;
        if (held.getFirst().time > start + slack) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s is too short: a clip of %d pictures at %d a second spans %.2f s, the file %.2f s",
                    file,
                    pictures,
                    fps,
                    (pictures - 1.0) / fps,
                    held.getLast().time - held.getFirst().time));
        }
        TimeBase ticks = TimeBase.ofFramesPerSecond(fps);
        List<VideoFrame> clip = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            Shown shown = held.remove();
            while (!held.isEmpty() && held.element().time <= start + (double) i / fps + slack) {
                shown = held.remove();
            }
            clip.add(VideoFrame.unpooled(width, height, i, ticks, shown.rgb.clone()));
            held.addFirst(shown);
        }
        return clip;
    }

    /** A picture in its new size, and when it appears, in seconds. */
    private static final class Shown {
        final double time;
        final byte[] rgb;

        Shown(double time, byte[] rgb) {
            this.time = time;
            this.rgb = rgb;
        }
    }
}
