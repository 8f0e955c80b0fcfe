package io.packcache.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.colour.Scaling;
import io.packcache.media.live.LiveListener;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A picture on its way out leaves no garbage of its size behind, by the JVM's own count of what a thread allocates. */
class SteadyPicturesTest {

    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;
    private static final int WARM = 60;
    private static final int MEASURED = 120;

    /** Small objects around native calls; a picture here has 57,600 bytes, its planes 28,800. */
    private static final long SMALL = 1024;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FramePool pool = new FramePool();

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Scaling.class)
    void turningPicturesIntoPlanesAllocatesNothing(Scaling scaling) {
        PicturePlanes planes = new PicturePlanes(WIDTH, HEIGHT, 200, 150, scaling);
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
    @ValueSource(strings = {"film.mp4", "film.webm", "film.ts", "film.m3u8", "film.gif", "film.webp", "-"})
    void aSinkTakesPicturesWithoutGarbageOfTheirSize(String address) throws IOException {
        String place = address.equals("-") ? address : folder.resolve(address).toString();
        assertThat(bytesAPicture(open(place, SinkSettings.DEFAULTS))).isLessThan(SMALL);
    }

    @Test
    void anMp4WithItsIndexFirstTakesPicturesWithoutGarbageOfTheirSize() throws IOException {
        String place = folder.resolve("film.mp4").toString();
        assertThat(bytesAPicture(open(place, SinkSettings.FINITE))).isLessThan(SMALL);
    }

    /** Both of its threads: the one that encodes and the one that sends. */
    @Test
    void aBroadcastTakesAndSendsPicturesWithoutGarbageOfTheirSize() throws IOException {
        try (DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            FrameSink sink = open("udp://127.0.0.1:" + receiver.getLocalPort(), SinkSettings.DEFAULTS);
            for (int i = 0; i < WARM; i++) {
                sink.write(picture(i));
            }
            long sender = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("packcache-live"))
                    .mapToLong(Thread::getId)
                    .findAny()
                    .orElseThrow();
            long before = THREADS.getThreadAllocatedBytes(sender);
            assertThat(bytesAPicture(sink)).isLessThan(SMALL);
            long after = THREADS.getThreadAllocatedBytes(sender);
            assertThat((after - before) / (WARM + MEASURED)).isLessThan(SMALL);
        }
    }

    private static FrameSink open(String address, SinkSettings settings) throws IOException {
        return SinkAddress.open(address, settings, LiveListener.NONE, OutputStream.nullOutputStream());
    }

    /** Of all pictures after some that warm up; closes the sink. */
    private long bytesAPicture(FrameSink open) throws IOException {
        try (FrameSink sink = open) {
            long bytes = 0;
            for (int i = 0; i < WARM + MEASURED; i++) {
                VideoFrame picture = picture(WARM + i);
                long before = THREADS.getCurrentThreadAllocatedBytes();
                sink.write(picture);
                bytes += i < WARM ? 0 : THREADS.getCurrentThreadAllocatedBytes() - before;
            }
            return bytes / MEASURED;
        }
    }

    private VideoFrame picture(int number) {
        VideoFrame picture = pool.take(WIDTH, HEIGHT, number, TimeBase.ofFramesPerSecond(250));
        byte[] rgb = picture.rgb();
        for (int at = 0; at < rgb.length; at++) {
            rgb[at] = (byte) (at / 7 + 3 * number);
        }
        return picture;
    }
}
