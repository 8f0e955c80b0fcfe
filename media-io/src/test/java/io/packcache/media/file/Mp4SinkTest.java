package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.media.file.Mp4Settings.Container;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class Mp4SinkTest {

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();
    private Path file;

    @BeforeEach
    void judgeIsPresent() {
        Judge.mustBePresent();
        file = folder.resolve("film.mp4");
    }

    @AfterEach
    void everyPictureWasReleased() {
        assertThat(pool.live()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void everyPictureComesOutInOrderAtItsTime(Container container) throws IOException {
        write(Mp4Settings.FINITE.withContainer(container).withSize(256, 256), 49, 64, 64);

        Map<String, String> facts = Judge.probe(file);
        assertThat(facts)
                .containsEntry("codec_name", "h264")
                .containsEntry("nb_read_frames", "49")
                .containsEntry("r_frame_rate", "12/1")
                .containsEntry("avg_frame_rate", "12/1")
                .containsEntry("width", "256")
                .containsEntry("height", "256")
                .containsEntry("pix_fmt", "yuv420p")
                .containsEntry("color_range", "tv")
                .containsEntry("color_space", "bt709")
                .containsEntry("color_transfer", "bt709")
                .containsEntry("color_primaries", "bt709");
        assertThat(Double.parseDouble(facts.get("duration"))).isCloseTo(49 / 12.0, within(0.002));
        assertNumbers(IntStream.range(0, 49).toArray(), 256, 256);
        assertThat(Judge.times(file)).hasSize(49).first().isEqualTo("0.000000");
        assertThat(Judge.times(file).get(48)).isEqualTo("4.000000");
    }

    @Test
    void redStaysRedWithinTwoLevels() throws IOException {
        int size = 64;
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE.withQuality(12))) {
            for (int i = 0; i < 5; i++) {
                VideoFrame red = pool.take(size, size, i, CounterPictures.TWELVE);
                for (int at = 0; at < red.rgb().length; at += 3) {
                    red.rgb()[at] = (byte) 255;
                    red.rgb()[at + 1] = 0;
                    red.rgb()[at + 2] = 0;
                }
                sink.write(red);
            }
        }
        byte[] planes = Judge.planes(file);
        int pixels = size * size;
        for (int frame = 0; frame < 5; frame++) {
            int start = frame * pixels * 3 / 2;
            for (int i = 0; i < pixels * 3 / 2; i++) {
                int expected = i < pixels ? 63 : i < pixels * 5 / 4 ? 102 : 240;
                assertThat(planes[start + i] & 255)
                        .as("frame %d byte %d", frame, i)
                        .isCloseTo(expected, within(2));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"64, false", "128, true", "512, true"})
    void pureNoiseAtTheFinestQualityLosesNoPicture(int size, boolean saturated) throws IOException {
        Random random = new Random(5);
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE.withQuality(1))) {
            for (int i = 0; i < 12; i++) {
                VideoFrame noise = pool.take(size, size, i, CounterPictures.TWELVE);
                random.nextBytes(noise.rgb());
                for (int at = 0; saturated && at < noise.rgb().length; at++) {
                    noise.rgb()[at] >>= 7;
                }
                sink.write(noise);
            }
        }
        assertThat(Judge.probe(file)).containsEntry("nb_read_frames", "12");
    }

    @Test
    void faststartPutsTheIndexBeforeThePictures() throws IOException {
        write(Mp4Settings.FINITE, 12, 64, 64);
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(bytes.indexOf("moov")).isPositive().isLessThan(bytes.indexOf("mdat"));
        assertThat(bytes).doesNotContain("moof");
    }

    @Test
    void fragmentsBeginWithAKeyPictureEachInterval() throws IOException {
        write(
                Mp4Settings.FINITE.withContainer(Container.FRAGMENTED).withKeyInterval(Duration.ofMillis(500)),
                25,
                64,
                64);
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertThat(bytes.split("moof", -1)).hasSize(1 + 5);
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "63, 65", "17, 16", "16, 16", "200, 15", "720, 406"})
    void anySizeIsRoundedUpToEven(int width, int height) throws IOException {
        write(Mp4Settings.FINITE, 3, width, height);
        assertThat(Judge.probe(file))
                .containsEntry("nb_read_frames", "3")
                .containsEntry("width", Integer.toString(width + width % 2))
                .containsEntry("height", Integer.toString(height + height % 2));
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void onePictureIsAFilmOfOneTick(Container container) throws IOException {
        write(Mp4Settings.FINITE.withContainer(container), 1, 64, 64);
        Map<String, String> facts = Judge.probe(file);
        assertThat(facts).containsEntry("nb_read_frames", "1");
        assertThat(Double.parseDouble(facts.get("duration"))).isCloseTo(1 / 12.0, within(0.001));
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void noPictureLeavesNoFile(Container container) throws IOException {
        write(Mp4Settings.FINITE.withContainer(container), 0, 64, 64);
        assertThat(filesInFolder()).isEmpty();
    }

    @Test
    void metadataIsKeptWithItsUmlauts() throws IOException {
        Map<String, String> metadata = Map.of("title", "ein größerer Kreis →", "comment", "seed=1 policy=packcache");
        write(Mp4Settings.FINITE.withMetadata(metadata), 2, 64, 64);
        assertThat(Judge.probe(file))
                .containsEntry("TAG:title", "ein größerer Kreis →")
                .containsEntry("TAG:comment", "seed=1 policy=packcache");
    }

    @Test
    void unevenTimesAreKeptAndLateOnesAreShiftedAndCounted() throws IOException {
        long[] times = {1000, 1090, 1090, 1085, 1500, 1400};
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE)) {
            for (long time : times) {
                sink.write(pool.take(64, 64, time, new TimeBase(1, 1000)));
            }
            assertThat(sink.shifted()).isEqualTo(3);
            assertThat(sink.pictures()).isEqualTo(6);
        }
        assertThat(Judge.times(file))
                .containsExactly("0.000000", "0.090000", "0.091000", "0.092000", "0.500000", "0.501000");
    }

    @Test
    void anotherSizeMidStreamIsRefusedAndTheFilmSoFarPlays() throws IOException {
        Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE);
        sink.write(CounterPictures.picture(pool, 0, 64, 64));
        sink.write(CounterPictures.picture(pool, 1, 64, 64));
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 2, 32, 64)))
                .isInstanceOf(SinkException.class)
                .hasMessage(
                        "cannot write picture 2 to " + file + ": it has 32 x 64 pixels, the file began with 64 x 64");
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 3, 64, 64)))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("failed before");
        sink.close();
        assertThat(Judge.probe(file)).containsEntry("nb_read_frames", "2");
    }

    @Test
    void anotherTimeBaseMidStreamIsRefused() throws IOException {
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE)) {
            sink.write(CounterPictures.picture(pool, 0, 64, 64));
            assertThatThrownBy(() -> sink.write(pool.take(64, 64, 1, new TimeBase(1, 24))))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("time base");
        }
    }

    @Test
    void anExistingFileIsRefusedUntouchedUnlessOverwritingIsAllowed() throws IOException {
        Files.writeString(file, "mine");
        assertThatThrownBy(() -> new Mp4Sink(file, Mp4Settings.FINITE))
                .isInstanceOf(SinkException.class)
                .hasMessage(file + " exists already; choose another name or allow overwriting");
        assertThat(file).hasContent("mine");

        write(Mp4Settings.FINITE.withOverwrite(true), 2, 64, 64);
        assertThat(Judge.probe(file)).containsEntry("nb_read_frames", "2");
    }

    @Test
    void aFileThatAppearsMeanwhileIsLeftAloneAndTheVideoKept() throws IOException {
        Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE);
        sink.write(CounterPictures.picture(pool, 0, 64, 64));
        Files.writeString(file, "mine");
        assertThatThrownBy(sink::close).isInstanceOf(SinkException.class).hasMessageContaining("appeared meanwhile");
        assertThat(file).hasContent("mine");
        Path kept = filesInFolder().stream()
                .filter(path -> !path.equals(file))
                .findFirst()
                .orElseThrow();
        assertThat(Judge.probe(kept)).containsEntry("nb_read_frames", "1");
    }

    @Test
    void aMissingFolderIsRefusedAtOnce() {
        Path nowhere = folder.resolve("absent").resolve("film.mp4");
        assertThatThrownBy(() -> new Mp4Sink(nowhere, Mp4Settings.FINITE))
                .isInstanceOf(SinkException.class)
                .hasMessage("cannot write " + nowhere + ": there is no folder " + folder.resolve("absent"));
    }

    @Test
    void aFolderOrADeviceIsNeverReplaced() {
        Mp4Settings overwriting = Mp4Settings.FINITE.withOverwrite(true);
        assertThatThrownBy(() -> new Mp4Sink(folder, overwriting)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> new Mp4Sink(Path.of("/dev/null"), overwriting))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("/dev/null");
    }

    @Test
    void aTinySizeIsRefusedBeforeAFileIsMade() throws IOException {
        Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE);
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 0, 64, 8)))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("at least 16 x 16 pixels, this file would have 64 x 8");
        sink.close();
        assertThat(filesInFolder()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aSizeThatTheEncoderRefusesLeavesNoFile(Container container) throws IOException {
        Assumptions.assumeTrue(Mp4Sink.encoder().contains("by libopenh264"), "skipped: libx264 takes any size");
        Mp4Sink sink =
                new Mp4Sink(file, Mp4Settings.FINITE.withContainer(container).withSize(8192, 2048));
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 0, 64, 64)))
                .isInstanceOf(SinkException.class)
                .hasMessageStartingWith("cannot write picture 0 to " + file);
        sink.close();
        assertThat(filesInFolder()).isEmpty();
    }

    @Test
    void closingTwiceDoesNothingAndWritingAfterwardsIsRefused() throws IOException {
        Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE);
        sink.write(CounterPictures.picture(pool, 0, 64, 64));
        sink.close();
        byte[] bytes = Files.readAllBytes(file);
        sink.close();
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 1, 64, 64)))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("is closed");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void closingWhileAnotherThreadWritesKeepsEveryPictureWritten(Container container) throws Exception {
        Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE.withContainer(container));
        CountDownLatch running = new CountDownLatch(5);
        AtomicReference<SinkException> refusal = new AtomicReference<>();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 100_000; i++) {
                    sink.write(CounterPictures.picture(pool, i, 64, 64));
                    running.countDown();
                }
            } catch (SinkException e) {
                refusal.set(e);
            }
        });
        writer.start();
        running.await();
        Thread.currentThread().interrupt();
        sink.close();
        assertThat(Thread.interrupted())
                .as("the interrupt is kept for the caller")
                .isTrue();
        writer.join();
        assertThat(refusal.get()).hasMessageContaining("is closed");
        assertThat(Judge.probe(file)).containsEntry("nb_read_frames", Long.toString(sink.pictures()));
    }

    @Test
    void sameSettingsAndPicturesGiveTheSameBytes() throws IOException {
        write(Mp4Settings.FINITE, 20, 64, 64);
        byte[] first = Files.readAllBytes(file);
        write(Mp4Settings.FINITE.withOverwrite(true), 20, 64, 64);
        assertThat(Arrays.equals(Files.readAllBytes(file), first)).isTrue();
    }

    @Test
    void theEncoderSaysWhyItWasChosen() throws SinkException {
        assertThat(Mp4Sink.encoder()).startsWith("H.264 by lib");
    }

    private void write(Mp4Settings settings, int pictures, int width, int height) throws SinkException {
        try (Mp4Sink sink = new Mp4Sink(file, settings)) {
            for (int i = 0; i < pictures; i++) {
                sink.write(CounterPictures.picture(pool, i, width, height));
            }
        }
    }

    private void assertNumbers(int[] expected, int width, int height) {
        byte[] planes = Judge.planes(file);
        assertThat(planes).hasSize(expected.length * width * height * 3 / 2);
        int[] read = IntStream.range(0, expected.length)
                .map(i -> CounterPictures.number(planes, i, width, height))
                .toArray();
        assertThat(read).isEqualTo(expected);
    }

    private List<Path> filesInFolder() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
