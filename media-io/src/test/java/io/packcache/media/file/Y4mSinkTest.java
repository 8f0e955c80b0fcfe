package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.sink.SinkException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Y4mSinkTest {

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @AfterEach
    void everyPictureWasReleased() {
        assertThat(pool.live()).isZero();
    }

    @Test
    void everyPictureComesOutInOrderAtTheRateOfItsTimes() throws IOException {
        Judge.mustBePresent();
        Path file = folder.resolve("film.y4m");
        try (Y4mSink sink = new Y4mSink(Files.newOutputStream(file), "film")) {
            for (int i = 0; i < 25; i++) {
                sink.write(CounterPictures.picture(pool, i, 64, 48));
            }
            assertThat(sink.offBeat()).isZero();
        }
        Map<String, String> facts = Judge.probe(file);
        assertThat(facts)
                .containsEntry("nb_read_frames", "25")
                .containsEntry("r_frame_rate", "12/1")
                .containsEntry("color_range", "tv");
        byte[] planes = Judge.planes(file);
        int[] numbers = IntStream.range(0, 25)
                .map(i -> CounterPictures.number(planes, i, 64, 48))
                .toArray();
        assertThat(numbers).isEqualTo(IntStream.range(0, 25).toArray());
    }

    @Test
    void theRateIsLearntFromTheFirstTwoPicturesAndOffBeatOnesAreCounted() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Y4mSink sink = new Y4mSink(bytes, "film")) {
            for (long pts : new long[] {0, 40, 80, 119, 160}) {
                sink.write(pool.take(16, 16, pts, new TimeBase(1, 1000)));
            }
            assertThat(sink.offBeat()).isEqualTo(2);
        }
        assertThat(bytes.toString(StandardCharsets.ISO_8859_1)).startsWith("YUV4MPEG2 W16 H16 F1000:40 Ip A1:1 ");
        assertThat(bytes.size() % (16 * 16 * 3 / 2 + 6)).isEqualTo(header(bytes).length() + 1);
    }

    @Test
    void onePictureIsAFilm() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Y4mSink sink = new Y4mSink(bytes, "film")) {
            sink.write(CounterPictures.picture(pool, 0, 63, 15));
        }
        assertThat(header(bytes)).startsWith("YUV4MPEG2 W64 H16 F12:1 ");
        assertThat(bytes.size()).isEqualTo(header(bytes).length() + 1 + 6 + 64 * 16 * 3 / 2);
    }

    @Test
    void noPictureWritesNothing() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Y4mSink sink = new Y4mSink(bytes, "film");
        sink.close();
        sink.close();
        assertThat(bytes.size()).isZero();
    }

    @Test
    void aReaderThatWentAwayIsSaidSoAndReleasesThePictures() throws IOException {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Y4mSink sink = new Y4mSink(broken, "standard output");
        sink.write(CounterPictures.picture(pool, 0, 512, 512));
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 1, 512, 512)))
                .isInstanceOf(SinkException.class)
                .hasMessage("cannot write picture 1 to standard output: Broken pipe");
        assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 2, 512, 512)))
                .hasMessageContaining("failed before");
        assertThatThrownBy(sink::close).hasMessageContaining("Broken pipe");
    }

    @Test
    void anotherSizeIsRefused() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Y4mSink sink = new Y4mSink(bytes, "film")) {
            sink.write(CounterPictures.picture(pool, 0, 64, 64));
            assertThatThrownBy(() -> sink.write(CounterPictures.picture(pool, 1, 32, 64)))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("it is 32 x 64");
        }
        assertThat(bytes.size()).as("the picture that waited for its rate").isZero();
    }

    private static String header(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1).split("\n", 2)[0];
    }
}
