package io.packcache.media.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {

    private static final int RED = 0xFFFF0000;
    private static final int BLUE = 0xFF0000FF;

    @TempDir
    Path folder;

    @Test
    void picturesStandInRowsAndColumnsEnlargedWithHardEdges() {
        BufferedImage sheet = new ContactSheet("", "", 4)
                .row("", List.of(), List.of(plain(8, 8, RED), plain(8, 8, BLUE)))
                .row("", List.of(), List.of(plain(8, 8, BLUE)))
                .draw();
        assertThat(count(sheet, RED)).isEqualTo(32 * 32);
        assertThat(count(sheet, BLUE)).isEqualTo(2 * 32 * 32);
    }

    @Test
    void labelsTitleAndHeadingsMakeRoomForThemselves() {
        BufferedImage bare = new ContactSheet("", "", 4)
                .row("", List.of(), List.of(plain(8, 8, RED)))
                .draw();
        BufferedImage labelled = new ContactSheet("a red circle moves right", "seed 1", 4)
                .columns(List.of("1"))
                .row("packcache", List.of("12.3 ms"), List.of(plain(8, 8, RED)))
                .draw();
        assertThat(labelled.getWidth()).isGreaterThan(bare.getWidth() + 50);
        assertThat(labelled.getHeight()).isGreaterThan(bare.getHeight() + 30);
        assertThat(count(labelled, RED)).as("no text covers the picture").isEqualTo(32 * 32);
        assertThat(dark(labelled)).as("ink").isGreaterThan(200);
    }

    @Test
    void aSheetAsAPictureShowsWhatTheFileShows() {
        ContactSheet sheet = new ContactSheet("a circle", "", 4)
                .row("full", List.of(), List.of(plain(8, 8, RED), plain(8, 8, BLUE)));
        BufferedImage drawn = sheet.draw();

        VideoFrame picture = sheet.picture(7, TimeBase.ofFramesPerSecond(12));

        assertThat(picture.pts()).isEqualTo(7);
        BufferedImage shown = PngWriter.image(picture.rgb(), picture.width(), picture.height());
        int[] all = drawn.getRGB(0, 0, drawn.getWidth(), drawn.getHeight(), null, 0, drawn.getWidth());
        assertThat(shown.getRGB(0, 0, drawn.getWidth(), drawn.getHeight(), null, 0, drawn.getWidth()))
                .isEqualTo(all);
    }

    @Test
    void theFileIsAPngAndAnExistingOneIsRefused() throws IOException {
        Path file = folder.resolve("sheet.png");
        ContactSheet sheet = new ContactSheet("t", "", 1).row("a", List.of(), List.of(plain(8, 8, RED)));
        sheet.write(file, false);
        assertThat(ImageIO.read(file.toFile()).getWidth()).isPositive();
        assertThatThrownBy(() -> sheet.write(file, false)).hasMessageContaining("exists already");
        sheet.write(file, true);
        assertThat(folder.toFile().list()).containsExactly("sheet.png");
    }

    @Test
    void aSheetWithoutPicturesIsRefused() {
        ContactSheet sheet = new ContactSheet("t", "", 1);
        assertThatThrownBy(sheet::draw).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sheet.row("a", List.of(), List.of())).hasMessage("row a has no pictures");
    }

    private static VideoFrame plain(int width, int height, int argb) {
        byte[] rgb = new byte[3 * width * height];
        for (int at = 0; at < rgb.length; at += 3) {
            rgb[at] = (byte) (argb >> 16);
            rgb[at + 1] = (byte) (argb >> 8);
            rgb[at + 2] = (byte) argb;
        }
        return VideoFrame.unpooled(width, height, 0, new TimeBase(1, 12), rgb);
    }

    private static int count(BufferedImage image, int argb) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == argb ? 1 : 0;
            }
        }
        return count;
    }

    private static int dark(BufferedImage image) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y);
                boolean grey = Math.abs(((rgb >> 16) & 255) - (rgb & 255)) < 32;
                count += grey && (rgb & 255) < 128 ? 1 : 0;
            }
        }
        return count;
    }
}
