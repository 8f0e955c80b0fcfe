package io.packcache.media.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngSequenceSinkTest {

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @AfterEach
    void everyPictureWasReleased() {
        assertThat(pool.live()).isZero();
    }

    @Test
    void eachPictureIsAFileWithItsNumber() throws IOException {
        try (PngSequenceSink sink = new PngSequenceSink(folder + "/shot-%03d.png", false)) {
            for (int i = 0; i < 12; i++) {
                sink.write(plain(i));
            }
            assertThat(sink.pictures()).isEqualTo(12);
        }
        assertThat(folder.toFile().list()).hasSize(12).contains("shot-000.png", "shot-011.png");
        assertThat(ImageReader.read(folder.resolve("shot-007.png")).rgb()[0]).isEqualTo((byte) 7);
    }

    @Test
    void anExistingFileStopsItUntouched() throws IOException {
        Path mine = folder.resolve("1.png");
        Files.writeString(mine, "mine");
        PngSequenceSink sink = new PngSequenceSink(folder + "/%d.png", false);
        sink.write(plain(0));
        assertThatThrownBy(() -> sink.write(plain(1)))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("exists already");
        assertThatThrownBy(() -> sink.write(plain(2))).hasMessageContaining("failed before");
        sink.close();
        assertThat(mine).hasContent("mine");
        assertThatThrownBy(() -> new PngSequenceSink(folder + "/%d.png", false))
                .hasMessageContaining("0.png exists already");
    }

    @Test
    void aNameWithoutExactlyOneNumberIsRefused() {
        for (String pattern : new String[] {"frames.png", "%d-%d.png", "%s.png", "%n%d.png", "%99d.png"}) {
            assertThatThrownBy(() -> new PngSequenceSink(folder + "/" + pattern, false))
                    .as(pattern)
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining("exactly one number");
        }
    }

    @Test
    void aMissingFolderIsRefusedAtOnce() {
        assertThatThrownBy(() -> new PngSequenceSink(folder + "/absent/%d.png", false))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("there is no folder");
    }

    private VideoFrame plain(int value) {
        VideoFrame picture = pool.take(8, 8, value, new TimeBase(1, 12));
        Arrays.fill(picture.rgb(), (byte) value);
        return picture;
    }
}
