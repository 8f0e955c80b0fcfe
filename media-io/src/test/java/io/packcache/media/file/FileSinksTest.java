package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every sink to a file. */
class FileSinksTest {

    private static final int WIDTH = 96;
    private static final int HEIGHT = 64;

    /** Enough that ffprobe takes a transport stream of them for one, which has no mark at its beginning. */
    private static final int FEW = 8;

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @BeforeEach
    void judgesArePresent() {
        Judge.mustBePresent("ffmpeg", "ffprobe", "mediainfo");
    }

    @AfterEach
    void everyPictureWasReleased() {
        assertThat(pool.live()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void everyPictureComesOutInOrderAtItsRateWithItsDuration(FileKind kind) throws IOException {
        Path file = kind.in(folder);
        write(kind, file, 49, WIDTH, HEIGHT);

        Map<String, String> facts = Judge.probe(file);
        assertThat(facts)
                .containsEntry("codec_name", kind.codec())
                .containsEntry("nb_read_frames", "49")
                .containsEntry("r_frame_rate", "12/1")
                .containsEntry("width", Integer.toString(WIDTH))
                .containsEntry("height", Integer.toString(HEIGHT));
        byte[] planes = Judge.planes(file);
        int[] numbers = IntStream.range(0, planes.length / (WIDTH * HEIGHT * 3 / 2))
                .map(i -> CounterPictures.number(planes, i, WIDTH, HEIGHT))
                .toArray();
        assertThat(numbers).isEqualTo(IntStream.range(0, 49).toArray());
        List<Double> times = seconds(file);
        double tick = 1.0 / kind.ticksPerSecond();
        for (int i = 0; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(0)).isCloseTo(i / 12.0, within(tick));
        }
        String duration = facts.get("duration").equals("N/A") ? formatDuration(file) : facts.get("duration");
        assertThat(Double.parseDouble(duration)).isCloseTo(49 / 12.0, within(2 * tick + 0.001));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "HLS")
    void mediainfoSeesTheSameFilm(FileKind kind) throws IOException {
        Path file = kind.in(folder);
        write(kind, file, 24, WIDTH, HEIGHT);

        String section = kind == FileKind.GIF ? "Image" : "Video";
        assertThat(Judge.mediainfo(file, section, "Width", "Height")).containsExactly("96", "64");
        if (kind != FileKind.GIF) {
            assertThat(Judge.mediainfo(
                            file, section, "colour_range", "colour_primaries", "matrix_coefficients", "Duration"))
                    .startsWith("Limited", "BT.709", "BT.709");
        }
        if (kind == FileKind.MP4_FASTSTART || kind == FileKind.MP4_FRAGMENTED || kind == FileKind.MP4_AV1) {
            assertThat(Judge.mediainfo(file, section, "FrameCount", "Duration", "FrameRate"))
                    .containsExactly("24", "2000", "12.000");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOddSizeIsKeptOrRoundedUpToEven(FileKind kind) throws IOException {
        Path file = kind.in(folder);
        write(kind, file, FEW, 63, 65);
        assertThat(Judge.probe(file))
                .containsEntry("nb_read_frames", Integer.toString(FEW))
                .containsEntry("width", kind.evenSizes() ? "64" : "63")
                .containsEntry("height", kind.evenSizes() ? "66" : "65");
    }

    @ParameterizedTest
    @EnumSource
    void onePictureIsAFilm(FileKind kind) throws IOException {
        Path file = kind.in(folder);
        write(kind, file, 1, WIDTH, HEIGHT);
        assertThat(Judge.probe(file)).containsEntry("nb_read_frames", "1");
    }

    @ParameterizedTest
    @EnumSource
    void noPictureLeavesNoFile(FileKind kind) throws IOException {
        write(kind, kind.in(folder), 0, WIDTH, HEIGHT);
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anotherSizeMidStreamIsRefusedAndTheFilmSoFarPlays(FileKind kind) throws IOException {
        Path file = kind.in(folder);
        FrameSink sink = kind.open(file, false);
        for (int i = 0; i < FEW; i++) {
            sink.write(CounterPictures.picture(pool, i, WIDTH, HEIGHT));
        }
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, FEW, 32, HEIGHT)))
                .isInstanceOf(SinkException.class)
                .hasMessage("cannot write picture " + FEW + " to " + file
                        + ": it has 32 x 64 pixels, the file began with 96 x 64");
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, FEW, WIDTH, HEIGHT)))
                .hasMessageContaining("failed before");
        sink.close();
        assertThat(Judge.probe(file)).containsEntry("nb_read_frames", Integer.toString(FEW));
    }

    @ParameterizedTest
    @EnumSource
    void anExistingFileIsRefusedUntouchedUnlessOverwritingIsAllowed(FileKind kind) throws IOException {
        Path file = kind.in(folder);
        Files.writeString(file, "mine");
        assertThatThrownBy(() -> kind.open(file, false))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining(file + " exists already");
        assertThat(file).hasContent("mine");

        try (FrameSink sink = kind.open(file, true)) {
            assertThat(file).as("before the first picture").hasContent("mine");
            sink.write(CounterPictures.picture(pool, 0, WIDTH, HEIGHT));
        }
        assertThat(Judge.probe(file)).containsEntry("nb_read_frames", "1");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GIF")
    void whatIsToBeReplacedStaysWhereTheEncoderRefusesThePictures(FileKind kind) throws IOException {
        Path file = kind.in(folder);
        Files.writeString(file, "mine");
        FrameSink sink = kind.open(file, true);
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 0, 64, 8)))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("at least 16 x 16 pixels");
        sink.close();
        assertThat(file).hasContent("mine");
        assertThat(files()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aPlaceWhereNothingCanBeWrittenIsRefusedWithItsName(FileKind kind) {
        Path nowhere = kind.in(Path.of("/proc"));
        assertThatThrownBy(() -> {
                    try (FrameSink sink = kind.open(nowhere, false)) {
                        sink.write(CounterPictures.picture(pool, 0, WIDTH, HEIGHT));
                    }
                })
                .isInstanceOf(SinkException.class)
                .hasMessageContaining(nowhere.toString());
    }

    @ParameterizedTest
    @EnumSource
    void whateverTimesComeInTimesThatRiseGoOut(FileKind kind) throws IOException {
        Random random = new Random(5);
        for (TimeBase base : List.of(new TimeBase(1, 12), new TimeBase(1, 1000), new TimeBase(1, 1_000_000))) {
            Path file = folder.resolve("%s-%d.%s".formatted(kind, base.denominator(), ending(kind)));
            try (FrameSink sink = kind.open(file, false)) {
                long time = random.nextInt(-500, 500);
                for (int i = 0; i < 40; i++) {
                    sink.write(pool.take(WIDTH, HEIGHT, time, base));
                    int step = random.nextInt(5);
                    int most = 4 * base.denominator();
                    time += step == 0 ? 0 : step == 1 ? -random.nextInt(most) : random.nextInt(1, most);
                }
                sink.write(pool.take(WIDTH, HEIGHT, Long.MIN_VALUE, base));
            }
            List<Double> times = seconds(file);
            assertThat(times).hasSize(kind == FileKind.HLS ? times.size() : 41);
            for (int i = 1; i < times.size(); i++) {
                assertThat(times.get(i)).as("time %d of %s", i, file).isGreaterThan(times.get(i - 1));
            }
        }
    }

    private void write(FileKind kind, Path file, int pictures, int width, int height) throws SinkException {
        try (FrameSink sink = kind.open(file, false)) {
            for (int i = 0; i < pictures; i++) {
                sink.write(CounterPictures.picture(pool, i, width, height));
            }
        }
    }

    private static List<Double> seconds(Path file) {
        return Judge.times(file).stream()
                .map(time -> Double.parseDouble(time.split(",", -1)[0]))
                .toList();
    }

    private static String formatDuration(Path file) {
        return Judge.run(List.of(
                        "ffprobe",
                        "-v",
                        "error",
                        "-show_entries",
                        "format=duration",
                        "-of",
                        "csv=p=0",
                        file.toString()))
                .strip();
    }

    private static String ending(FileKind kind) {
        String name = kind.in(Path.of("")).toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
