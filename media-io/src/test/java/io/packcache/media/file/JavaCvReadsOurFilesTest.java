package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.Frame;
import org.bytedeco.javacv.FrameGrabber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever reads videos with JavaCV reads ours. */
class JavaCvReadsOurFilesTest {

    private static final int SIDE = 64;
    private static final int PICTURES = 13;
    private static final int FPS = 12;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Mp4Settings.Container.class)
    void everyPictureComesOutAtItsTime(Mp4Settings.Container container) throws Exception {
        Path file = written(container);

        List<Long> times = new ArrayList<>();
        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(file.toFile())) {
            grabber.start();
            for (Frame frame = grabber.grabImage(); frame != null; frame = grabber.grabImage()) {
                times.add(Math.round(frame.timestamp * FPS / 1e6));
            }
        }

        assertThat(times)
                .containsExactlyElementsOf(LongStream.range(0, PICTURES).boxed().toList());
    }

    @Test
    void redIsRedWithinTwoLevelsWhereTheReaderHonoursTheTags() throws Exception {
        Path file = written(Mp4Settings.Container.FASTSTART);

        try (FFmpegFrameGrabber grabber = new FFmpegFrameGrabber(file.toFile())) {
            grabber.setImageMode(FrameGrabber.ImageMode.RAW);
            grabber.start();
            ByteBuffer luma = (ByteBuffer) grabber.grabImage().image[0];

            assertThat(luma.get(0) & 0xFF).as("BT.709 luma of pure red").isBetween(61, 65);
        }
    }

    private Path written(Mp4Settings.Container container) throws Exception {
        Path file = folder.resolve(container + ".mp4");
        byte[] red = new byte[3 * SIDE * SIDE];
        for (int at = 0; at < red.length; at += 3) {
            red[at] = (byte) 255;
        }
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.DEFAULTS.withContainer(container))) {
            for (int i = 0; i < PICTURES; i++) {
                sink.write(VideoFrame.unpooled(
                        SIDE, SIDE, i, TimeBase.ofFramesPerSecond(FPS), Arrays.copyOf(red, red.length)));
            }
        }
        return file;
    }
}
