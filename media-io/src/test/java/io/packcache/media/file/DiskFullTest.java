package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.media.SinkAddress;
import io.packcache.media.SinkSettings;
import io.packcache.media.file.Mp4Settings.Container;
import io.packcache.media.live.LiveListener;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that fills up while a film is written; needs the right to mount a small file system in memory. */
class DiskFullTest {

    /** A quarter of a second at twelve a second. */
    private static final int PICTURES_BETWEEN_KEYS = 3;

    @TempDir
    Path disk;

    private final FramePool pool = new FramePool();
    private boolean mounted;

    @BeforeEach
    void mountASmallDisk() throws Exception {
        Judge.mustBePresent();
        mounted = run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()) == 0;
        Assumptions.assumeTrue(mounted, "skipped: no right to mount a small disk");
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isZero();
        }
        assertThat(pool.live()).isZero();
    }

    @Test
    void aFragmentedFilePlaysUpToTheFullDisk() throws IOException {
        Path file = disk.resolve("film.mp4");
        Mp4Settings settings =
                Mp4Settings.DEFAULTS.withContainer(Container.FRAGMENTED).withKeyInterval(Duration.ofMillis(250));
        Mp4Sink sink = new Mp4Sink(file, settings);
        assertThatThrownBy(() -> fill(sink))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("No space left on device");
        assertThatThrownBy(sink::close).isInstanceOf(SinkException.class).hasMessageContaining("No space left");
        sink.close();
        long read = 0;
        try (VideoReader reader = new VideoReader(file, pool)) {
            for (VideoFrame picture = reader.read(); picture != null; picture = reader.read()) {
                picture.release();
                read++;
            }
        }
        assertThat(read).as("pictures that play").isBetween(sink.pictures() - PICTURES_BETWEEN_KEYS, sink.pictures());
    }

    @Test
    void aFaststartFileThatDoesNotFitLeavesNothing() throws IOException {
        Mp4Sink sink = new Mp4Sink(disk.resolve("film.mp4"), Mp4Settings.FINITE);
        assertThatThrownBy(() -> fill(sink)).isInstanceOf(SinkException.class).hasMessageContaining("No space left");
        try {
            sink.close();
            assertThat(Judge.probe(disk.resolve("film.mp4"))).containsKey("nb_read_frames");
        } catch (SinkException e) {
            assertThat(e).hasMessageContaining("nothing of it was kept").hasMessageContaining("No space left");
            assertThat(disk.toFile().list()).isEmpty();
        }
    }

    /** Whose files play while they are written: a clear error, and what was written before it plays. All segments are kept. */
    @ParameterizedTest
    @ValueSource(strings = {"film.webm", "film.ts", "film.m3u8"})
    void aFileThatGrowsPlaysUpToTheFullDisk(String name) throws IOException {
        Path file = disk.resolve(name);
        VideoCoding coding = VideoCoding.DEFAULTS.withKeyInterval(Duration.ofMillis(500));
        SinkSettings settings = SinkSettings.DEFAULTS
                .withTs(MpegTsSettings.DEFAULTS.withCoding(coding))
                .withHls(HlsSettings.DEFAULTS.withWindow(0).withCoding(coding.withQuality(40)));
        try (FrameSink sink = open(file, settings)) {
            assertThatThrownBy(() -> fill(sink))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("No space left on device");
            assertThatThrownBy(sink::close).isInstanceOf(SinkException.class);
        }
        assertThat(Judge.picturesThatPlay(file)).isPositive();
    }

    /** Whose files must be whole: a clear error, and nothing that bears the name. */
    @ParameterizedTest
    @ValueSource(strings = {"film.gif", "film.webp", "film.jpg"})
    void whatMustBeWholeLeavesNothing(String name) throws IOException {
        try (FrameSink sink = open(disk.resolve(name), SinkSettings.DEFAULTS)) {
            assertThatThrownBy(() -> {
                        fill(sink);
                        sink.close();
                    })
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("No space left on device");
        } catch (SinkException e) {
            assertThat(e).hasMessageContaining("nothing of it was kept");
        }
        assertThat(disk.toFile().list()).isEmpty();
    }

    @Test
    void aSequenceOfPicturesLeavesOnlyWholeOnes() throws IOException {
        try (FrameSink sink = open(disk.resolve("%05d.png"), SinkSettings.DEFAULTS)) {
            assertThatThrownBy(() -> fill(sink))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(".png")
                    .hasMessageContaining("No space left on device");
        }
        assertThat(disk.toFile().listFiles()).isNotEmpty().allSatisfy(picture -> {
            assertThat(picture.getName()).matches("\\d{5}\\.png");
            assertThat(Judge.picturesThatPlay(picture.toPath())).isOne();
        });
    }

    private static FrameSink open(Path file, SinkSettings settings) throws SinkException {
        return SinkAddress.open(file.toString(), settings, LiveListener.NONE, OutputStream.nullOutputStream());
    }

    private void fill(FrameSink sink) throws SinkException {
        Random random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            VideoFrame noise = pool.take(128, 128, i, CounterPictures.TWELVE);
            random.nextBytes(noise.rgb());
            sink.write(noise);
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
