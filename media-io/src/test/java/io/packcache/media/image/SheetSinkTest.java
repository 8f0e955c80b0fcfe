package io.packcache.media.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SheetSinkTest {

    @TempDir
    Path folder;

    private final FramePool pool = new FramePool();

    @AfterEach
    void everyPictureWasReleased() {
        assertThat(pool.live()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 5, 9, 10, 17, 200})
    void picturesStandEvenlyOverTheWholeVideoFirstAndLastAmongThem(int pictures) throws IOException {
        Path file = folder.resolve("sheet.jpg");
        SheetSettings settings =
                SheetSettings.DEFAULTS.withColumns(2).withRows(2).withWidth(32);
        try (SheetSink sink = new SheetSink(file, settings)) {
            for (int i = 0; i < pictures; i++) {
                sink.write(grey(pictures == 1 ? 200 : 55 + 200 * i / (pictures - 1)));
            }
            assertThat(pool.live()).as("pictures held, however many came").isLessThanOrEqualTo(1);
        }

        List<Integer> greys = greys(ImageIO.read(file.toFile()));
        assertThat(greys).hasSize(Math.min(4, pictures));
        for (int i = 0; i < greys.size(); i++) {
            double even = greys.size() == 1 ? 200 : 55 + 200.0 * i / (greys.size() - 1);
            // A kept picture is at most half a stride away from where it should be.
            int uneven = i == 0 || i == greys.size() - 1 ? 3 : 3 + 200 / Math.min(pictures, 6);
            assertThat((double) greys.get(i)).as("picture %d of %s", i, greys).isCloseTo(even, within((double) uneven));
        }
    }

    @Test
    void noPictureLeavesNoFileAndAnExistingOneIsRefused() throws IOException {
        Path file = folder.resolve("sheet.jpg");
        new SheetSink(file, SheetSettings.DEFAULTS).close();
        assertThat(file).doesNotExist();
        try (SheetSink sink = new SheetSink(file, SheetSettings.DEFAULTS)) {
            sink.write(grey(1));
        }
        assertThatThrownBy(() -> new SheetSink(file, SheetSettings.DEFAULTS))
                .isInstanceOf(SinkException.class)
                .hasMessageContaining("exists already");
    }

    private VideoFrame grey(int value) {
        VideoFrame picture = pool.take(8, 8, value, new TimeBase(1, 12));
        Arrays.fill(picture.rgb(), (byte) value);
        return picture;
    }

    /** The greys of the pictures on a sheet of white paper, row by row. */
    private static List<Integer> greys(BufferedImage sheet) {
        List<Integer> greys = new ArrayList<>();
        // Two columns of 32 pixels with a gap of 6 between a margin of 24, and as many rows.
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 2; column++) {
                int x = 24 + 16 + column * 38;
                int y = sheet.getHeight() - 24 - 16 - (rows(sheet) - 1 - row) * 38;
                if (row >= rows(sheet) || x >= sheet.getWidth() || y < 0) {
                    continue;
                }
                int blue = sheet.getRGB(x, y) & 255;
                boolean paper = (sheet.getRGB(x, y - 17) & 255) > 240;
                if (!paper || blue < 250) {
                    greys.add(blue);
                }
            }
        }
        return greys;
    }

    private static int rows(BufferedImage sheet) {
        return sheet.getHeight() > 24 + 32 + 32 + 24 ? 2 : 1;
    }
}
