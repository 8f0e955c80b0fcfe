package io.packcache.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.colour.Scaling;
import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.file.Y4mSink;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A picture on its way out leaves no garbage of its size behind, by the JVM's own count of what a thread allocates. */
class SteadyPicturesTest {

    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final int WARM = 60;
    private static final int MEASURED = 240;

    /** Small objects around native calls; a picture here has 230,400 bytes, its planes 115,200. */
    private static final long SMALL = 1024;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FramePool pool = new FramePool();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Scaling.class)
    void turningPicturesIntoPlanesAllocatesNothing(Scaling scaling) {
        PicturePlanes planes = new PicturePlanes(WIDTH, HEIGHT, 400, 300, scaling);
        PicturePlanes unscaled = new PicturePlanes(WIDTH, HEIGHT, WIDTH, HEIGHT, scaling);
        VideoFrame picture = picture(0);
        for (int i = 0; i < WARM; i++) {
            planes.of(picture);
            unscaled.of(picture);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            planes.of(picture);
            unscaled.of(picture);
        }
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isZero();
        picture.release();
    }

    @ParameterizedTest
    @EnumSource(Mp4Settings.Container.class)
    void anMp4TakesPicturesWithoutGarbageOfTheirSize(Mp4Settings.Container container) throws IOException {
        Mp4Settings settings = Mp4Settings.DEFAULTS.withContainer(container).withQuality(30);
        try (FrameSink sink = new Mp4Sink(folder.resolve("out.mp4"), settings)) {
            assertThat(bytesAPicture(sink)).isLessThan(SMALL);
        }
    }

    @Test
    void rawVideoTakesPicturesWithoutGarbageOfTheirSize() throws IOException {
        try (FrameSink sink = new Y4mSink(OutputStream.nullOutputStream(), "nowhere")) {
            assertThat(bytesAPicture(sink)).isLessThan(SMALL);
        }
    }

    private long bytesAPicture(FrameSink sink) throws IOException {
        for (int i = 0; i < WARM; i++) {
            sink.write(picture(i));
        }
        long bytes = 0;
        for (int i = 0; i < MEASURED; i++) {
            VideoFrame picture = picture(WARM + i);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            sink.write(picture);
            bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        return bytes / MEASURED;
    }

    private VideoFrame picture(int number) {
        VideoFrame picture = pool.take(WIDTH, HEIGHT, number, TimeBase.ofFramesPerSecond(25));
        byte[] rgb = picture.rgb();
        for (int at = 0; at < rgb.length; at++) {
            rgb[at] = (byte) (at / 7 + 3 * number);
        }
        return picture;
    }
}
