package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FragmentTailTest {

    private static final int PICTURES_BETWEEN_KEYS = 3;
    private static final int PICTURES = 12;

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @Test
    void aFileTornAnywherePlaysToItsLastWholeFragment() throws IOException {
        byte[] film = film();
        Path torn = folder.resolve("torn.mp4");
        int pictures = PICTURES;
        for (int end = film.length; pictures > PICTURES_BETWEEN_KEYS; end -= 97) {
            Files.write(torn, Arrays.copyOf(film, end));
            long cut = FragmentTail.cut(torn);
            assertThat(Files.size(torn)).isEqualTo(end - cut);
            pictures = picturesIn(torn);
            assertThat(pictures % PICTURES_BETWEEN_KEYS).as("of %d bytes", end).isZero();
            assertThat(FragmentTail.cut(torn)).as("nothing more to cut").isZero();
        }
    }

    @Test
    void aWholeFileIsLeftAsItIs() throws IOException {
        byte[] film = film();
        Path whole = Files.write(folder.resolve("whole.mp4"), film);
        assertThat(FragmentTail.cut(whole)).isZero();
        assertThat(whole).hasBinaryContent(film);
        assertThat(picturesIn(whole)).isEqualTo(PICTURES);
    }

    private byte[] film() throws IOException {
        Path file = folder.resolve("film.mp4");
        Mp4Settings settings = Mp4Settings.DEFAULTS
                .withContainer(Mp4Settings.Container.FRAGMENTED)
                .withKeyInterval(Duration.ofMillis(250));
        try (Mp4Sink sink = new Mp4Sink(file, settings)) {
            for (int i = 0; i < PICTURES; i++) {
                sink.write(CounterPictures.picture(pool, i, 64, 64));
            }
        }
        return Files.readAllBytes(file);
    }

    private int picturesIn(Path file) throws IOException {
        int pictures = 0;
        try (VideoReader reader = new VideoReader(file, pool)) {
            for (VideoFrame picture = reader.read(); picture != null; picture = reader.read()) {
                picture.release();
                pictures++;
            }
        }
        return pictures;
    }
}
