package io.packcache.media.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipReaderTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "12, 12, 5, 15 16 17 18 19",
        "24, 12, 5, 11 13 15 17 19",
        "12, 24, 5, 17 17 18 18 19",
        "30, 12, 3, 14 16 19"
    })
    void theLastPicturesAreThoseShownAtTheClipsTimes(int filmFps, int clipFps, int pictures, String expected)
            throws IOException {
        Path film = film(20, filmFps, 32, 32);
        List<VideoFrame> clip = ClipReader.last(film, pictures, clipFps, 32, 32);

        List<Integer> numbers = clip.stream()
                .map(picture -> Math.round((picture.rgb()[0] & 255) / 10f))
                .toList();
        assertThat(numbers)
                .isEqualTo(
                        Arrays.stream(expected.split(" ")).map(Integer::valueOf).toList());
        assertThat(clip).extracting(VideoFrame::pts).isSorted().doesNotHaveDuplicates();
        assertThat(clip.get(0).timeBase()).isEqualTo(new TimeBase(1, clipFps));
    }

    @Test
    void anotherShapeIsScaledAndCutEvenly() throws IOException {
        List<VideoFrame> clip = ClipReader.last(film(3, 12, 96, 32), 1, 12, 16, 16);
        assertThat(clip).hasSize(1);
        assertThat(clip.get(0).width()).isEqualTo(16);
        assertThat((double) (clip.get(0).rgb()[0] & 255)).isCloseTo(20, within(3.0));
    }

    @Test
    void aFilmShorterThanTheClipIsRefusedWithBothLengths() throws IOException {
        Path film = film(5, 12, 32, 32);
        assertThatThrownBy(() -> ClipReader.last(film, 13, 12, 32, 32))
                .isInstanceOf(IOException.class)
                .hasMessage(film + " is too short: a clip of 13 pictures at 12 a second spans 1.00 s, the file 0.33 s");
    }

    @Test
    void whatIsNoVideoIsRefused() throws IOException {
        Path text = folder.resolve("text.mp4");
        Files.writeString(text, "no video");
        assertThatThrownBy(() -> ClipReader.last(text, 1, 12, 32, 32))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(text.toString());
    }

    /** Picture n has the grey 10 n. */
    private Path film(int pictures, int fps, int width, int height) throws IOException {
        Path file = folder.resolve("film.mp4");
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE.withQuality(10))) {
            for (int i = 0; i < pictures; i++) {
                byte[] rgb = new byte[3 * width * height];
                Arrays.fill(rgb, (byte) (10 * i));
                sink.write(VideoFrame.unpooled(width, height, i, TimeBase.ofFramesPerSecond(fps), rgb));
            }
        }
        return file;
    }
}
