package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VideoReaderTest {

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @Test
    void whatTheSinkWroteIsReadBackInOrderInItsColours() throws IOException {
        Path file = write(25);
        int red = 0;
        try (VideoReader reader = new VideoReader(file, pool)) {
            assertThat(reader.width()).isEqualTo(64);
            assertThat(reader.height()).isEqualTo(64);
            int number = 0;
            for (VideoFrame picture = reader.read(); picture != null; picture = reader.read()) {
                assertThat(reader.timeBase().seconds(picture.pts())).isCloseTo(number / 12.0, within(1e-6));
                byte[] rgb = picture.rgb();
                assertThat(rgb[0] & 255).as("picture %d", number).isCloseTo(255 * (number & 1), within(12));
                int at = 3 * (48 * 64 + 20);
                assertThat(rgb[at] & 255).as("red of picture %d", number).isCloseTo(40 + number, within(12));
                assertThat(rgb[at + 1] & 255).isCloseTo(144, within(12));
                assertThat(rgb[at + 2] & 255).isCloseTo(128, within(12));
                red += (rgb[at] & 255) - (40 + number);
                picture.release();
                number++;
            }
            assertThat(number).isEqualTo(25);
            assertThat(reader.read()).as("after the end").isNull();
        }
        assertThat(red / 25.0).as("no bias in colour").isCloseTo(0, within(3.0));
        assertThat(pool.live()).isZero();
    }

    @Test
    void aTextFileNamedMp4IsRefused() throws IOException {
        Path file = folder.resolve("text.mp4");
        Files.writeString(file, "This is no video.\n".repeat(500));
        assertThatThrownBy(() -> new VideoReader(file, pool))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " cannot be read as a video");
    }

    @Test
    void aPlaylistThatRefersToAnotherFileIsRefused() throws IOException {
        Path film = write(3);
        Path list = folder.resolve("list.mp4");
        Files.writeString(list, "ffconcat version 1.0\nfile '" + film + "'\n");
        assertThatThrownBy(() -> new VideoReader(list, pool)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 60, 95})
    void aCutFileEndsInAnIoExceptionOrEarly(int percent) throws IOException {
        byte[] bytes = Files.readAllBytes(write(25));
        Path cut = folder.resolve("cut.mp4");
        Files.write(cut, Arrays.copyOf(bytes, bytes.length * percent / 100));
        try (VideoReader reader = new VideoReader(cut, pool)) {
            int read = 0;
            for (VideoFrame picture = reader.read(); picture != null; picture = reader.read()) {
                picture.release();
                read++;
            }
            assertThat(read).isLessThan(25);
        } catch (IOException e) {
            assertThat(e).hasMessageStartingWith(cut.toString());
        }
        assertThat(pool.live()).isZero();
    }

    @Test
    void aMissingFileIsRefused() {
        Path file = folder.resolve("absent.mp4");
        assertThatThrownBy(() -> new VideoReader(file, pool)).hasMessage("there is no video " + file);
    }

    private Path write(int pictures) throws IOException {
        Path file = folder.resolve("film.mp4");
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.DEFAULTS.withQuality(12))) {
            for (int i = 0; i < pictures; i++) {
                sink.write(CounterPictures.picture(pool, i, 64, 64));
            }
        }
        return file;
    }
}
