package io.packcache.media.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReaderTest {

    @TempDir
    Path folder;

    @Test
    void aPngComesBackAsItWasWritten() throws IOException {
        VideoFrame picture = noise(37, 23);
        Path file = folder.resolve("noise.png");
        PngWriter.write(picture, file, false);
        VideoFrame read = ImageReader.read(file);
        assertThat(read.width()).isEqualTo(37);
        assertThat(read.height()).isEqualTo(23);
        assertThat(read.rgb()).isEqualTo(picture.rgb());
    }

    @Test
    void anEnlargementByAWholeFactorComesBackExactly() throws IOException {
        VideoFrame picture = noise(16, 16);
        BufferedImage large = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 128; y++) {
            for (int x = 0; x < 128; x++) {
                int at = 3 * (y / 8 * 16 + x / 8);
                byte[] rgb = picture.rgb();
                large.setRGB(x, y, ((rgb[at] & 255) << 16) | ((rgb[at + 1] & 255) << 8) | (rgb[at + 2] & 255));
            }
        }
        assertThat(ImageReader.read(save(large, "png"), 16, 16).rgb()).isEqualTo(picture.rgb());
    }

    @Test
    void aWidePictureLosesEquallyMuchLeftAndRight() throws IOException {
        BufferedImage image = new BufferedImage(40, 10, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 40; x++) {
            for (int y = 0; y < 10; y++) {
                image.setRGB(x, y, x < 15 ? 0xFF0000 : x < 25 ? 0x00FF00 : 0x0000FF);
            }
        }
        byte[] rgb = ImageReader.read(save(image, "png"), 5, 5).rgb();
        for (int at = 0; at < rgb.length; at += 3) {
            assertThat(Arrays.copyOfRange(rgb, at, at + 3)).containsExactly(0, 255, 0);
        }
    }

    @Test
    void aPictureIsAveragedWhenItShrinks() throws IOException {
        BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xFF0000);
        image.setRGB(3, 1, 0x0000FF);
        byte[] rgb = ImageReader.read(save(image, "png"), 2, 1).rgb();
        assertThat(rgb).containsExactly(64, 0, 0, 0, 0, 64);
    }

    @Test
    void transparentPartsAreFlattenedOnBlack() throws IOException {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00FF8040);
        image.setRGB(1, 0, 0x80FF8040);
        image.setRGB(2, 0, 0xFFFF8040);
        byte[] rgb = ImageReader.read(save(image, "png")).rgb();
        assertThat(rgb).containsExactly(0, 0, 0, 128, 64, 32, 255, 128, 64);
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY})
    void greyKeepsItsValues(int type) throws IOException {
        BufferedImage image = new BufferedImage(256, 1, type);
        for (int x = 0; x < 256; x++) {
            image.getRaster().setSample(x, 0, 0, type == BufferedImage.TYPE_BYTE_GRAY ? x : x * 257);
        }
        byte[] rgb = ImageReader.read(save(image, "png")).rgb();
        for (int x = 0; x < 256; x++) {
            assertThat(rgb[3 * x] & 255).isEqualTo(x);
            assertThat(rgb[3 * x + 2] & 255).isEqualTo(x);
        }
    }

    @Test
    void aPaletteIsLookedUp() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(0, 0, 0xFFFF0000);
        image.setRGB(1, 0, 0xFF0000FF);
        assertThat(ImageReader.read(save(image, "png")).rgb()).containsExactly(255, 0, 0, 0, 0, 255);
    }

    @Test
    void aJpegIsReadNearlyAsItWas() throws IOException {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 64; i++) {
            image.setRGB(i % 64, i / 64, 0x3C78B4);
        }
        byte[] rgb = ImageReader.read(save(image, "jpg"), 8, 8).rgb();
        assertThat(rgb[0] & 255).isCloseTo(0x3C, within(3));
        assertThat(rgb[1] & 255).isCloseTo(0x78, within(3));
        assertThat(rgb[2] & 255).isCloseTo(0xB4, within(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void aCutFileIsRefusedWhereverItIsCut(String format) throws IOException {
        BufferedImage image = PngWriter.image(noise(64, 64).rgb(), 64, 64);
        byte[] bytes = Files.readAllBytes(save(image, format));
        for (int percent : new int[] {0, 1, 5, 30, 60, 95}) {
            Path cut = folder.resolve("cut." + format);
            Files.write(cut, Arrays.copyOf(bytes, bytes.length * percent / 100));
            assertThatThrownBy(() -> ImageReader.read(cut, 64, 64))
                    .as("%s cut to %d %%", format, percent)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(cut.toString());
        }
    }

    @Test
    void aHeaderThatClaimsAHugePictureIsRefusedBeforeMemoryIsTaken() throws IOException {
        Path file = folder.resolve("huge.png");
        Files.write(file, pngHeader(100_000, 100_000));
        assertThatThrownBy(() -> ImageReader.read(file, 64, 64))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " has 100000 x 100000 pixels; at most 40000000 are read");
    }

    @Test
    void aTextFileIsRefused() throws IOException {
        Path file = folder.resolve("text.png");
        Files.writeString(file, "This is no picture.");
        assertThatThrownBy(() -> ImageReader.read(file, 64, 64))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is no PNG, JPEG or WebP picture");
    }

    @Test
    void aMissingFileIsRefused() {
        Path file = folder.resolve("absent.png");
        assertThatThrownBy(() -> ImageReader.read(file, 64, 64))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no picture " + file);
    }

    @Test
    void bytesFlippedAnywhereNeverGiveAnythingButAPictureOrAnIoException() throws IOException {
        byte[] bytes = Files.readAllBytes(save(PngWriter.image(noise(16, 16).rgb(), 16, 16), "png"));
        Random random = new Random(7);
        Path file = folder.resolve("flipped.png");
        for (int i = 0; i < 300; i++) {
            byte[] flipped = bytes.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(file, flipped);
            try {
                assertThat(ImageReader.read(file, 16, 16).width()).isEqualTo(16);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith(file.toString());
            }
        }
    }

    private Path save(BufferedImage image, String format) throws IOException {
        Path file = folder.resolve("image." + format);
        assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
        return file;
    }

    private static VideoFrame noise(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(3).nextBytes(rgb);
        return VideoFrame.unpooled(width, height, 0, new TimeBase(1, 12), rgb);
    }

    private static byte[] pngHeader(int width, int height) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        ByteBuffer chunk = ByteBuffer.allocate(25);
        chunk.putInt(13).put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height);
        chunk.put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 17);
        png.write(chunk.putInt((int) crc.getValue()).array());
        return png.toByteArray();
    }
}
