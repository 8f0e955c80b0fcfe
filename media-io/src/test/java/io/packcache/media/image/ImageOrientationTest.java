package io.packcache.media.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.frame.VideoFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures from cameras stand upright; WebP is read as PNG and JPEG are. */
class ImageOrientationTest {

    /** 2 x 1 pixels without loss: red, and green half transparent. Made by cwebp 1.2.4 with -lossless -exact. */
    private static final String TWO_PIXELS = "UklGRiAAAABXRUJQVlA4TBMAAAAvAQAAEA8w//sfD/wPBxWI6H8AAA==";

    @TempDir
    Path folder;

    /** The picture is A B over C D over E F; expected is how rows read once upright. */
    @ParameterizedTest
    @CsvSource({
        "1, 2, A B C D E F",
        "2, 2, B A D C F E",
        "3, 2, F E D C B A",
        "4, 2, E F C D A B",
        "5, 3, A C E B D F",
        "6, 3, E C A F D B",
        "7, 3, F D B E C A",
        "8, 3, B D F A C E",
    })
    void everyOrientationIsTurnedUpright(int orientation, int width, String expected) throws IOException {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            Path file = folder.resolve("turned.png");
            Files.write(file, withExif(png(), tiff(orientation, order)));
            VideoFrame picture = ImageReader.read(file);
            assertThat(picture.width()).isEqualTo(width);
            StringBuilder letters = new StringBuilder();
            for (int at = 0; at < picture.rgb().length; at += 3) {
                letters.append((char) ('A' + picture.rgb()[at] / 10)).append(' ');
            }
            assertThat(letters.toString().strip()).isEqualTo(expected);
        }
    }

    @Test
    void aJpegsOrientationIsFoundBehindOtherSegments() throws IOException {
        BufferedImage wide = new BufferedImage(64, 32, BufferedImage.TYPE_INT_RGB);
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(wide, "jpg", jpeg);
        byte[] bytes = jpeg.toByteArray();
        byte[] tiff = tiff(6, ByteOrder.BIG_ENDIAN);
        ByteBuffer turned = ByteBuffer.allocate(bytes.length + 10 + tiff.length);
        // After the first segment, which is JFIF's.
        int first = 4 + ((bytes[4] << 8) | (bytes[5] & 255));
        turned.put(bytes, 0, first).putShort((short) 0xFFE1).putShort((short) (8 + tiff.length));
        turned.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff).put(bytes, first, bytes.length - first);
        Path file = folder.resolve("turned.jpg");
        Files.write(file, turned.array());

        assertThat(ImageReader.read(file).width()).isEqualTo(32);
        assertThat(ImageReader.read(file).height()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedExifNeverHurtsThePicture(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] whole = tiff(6, ByteOrder.LITTLE_ENDIAN);
        Path file = folder.resolve("odd.png");
        for (int i = 0; i < 200; i++) {
            byte[] tiff = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
            for (int flips = random.nextInt(4); flips > 0 && tiff.length > 0; flips--) {
                tiff[random.nextInt(tiff.length)] = (byte) random.nextInt();
            }
            Files.write(file, withExif(png(), tiff));
            assertThat(ImageReader.read(file).rgb()).hasSize(3 * 6);
        }
    }

    @Test
    void aWebpWithoutLossKeepsItsPixelsAndIsFlattenedOnBlack() throws IOException {
        Path file = folder.resolve("two.webp");
        Files.write(file, Base64.getDecoder().decode(TWO_PIXELS));
        assertThat(ImageReader.read(file).rgb()).containsExactly(255, 0, 0, 0, 128, 0);
    }

    @Test
    void aWebpThatIsCutOrClaimsAHugePictureIsRefused() throws IOException {
        byte[] whole = Base64.getDecoder().decode(TWO_PIXELS);
        Path file = folder.resolve("odd.webp");
        for (int length : new int[] {12, 20, 25, 30}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ImageReader.read(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + " is damaged");
        }
        byte[] huge = whole.clone();
        // Behind the mark 0x2F of a lossless picture: 14 bits of width less one, 14 of height less one.
        Arrays.fill(huge, 21, 24, (byte) 0xFF);
        huge[24] = 0x1F;
        Files.write(file, huge);
        assertThatThrownBy(() -> ImageReader.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than 40000000 pixels");
    }

    private static byte[] png() throws IOException {
        BufferedImage image = new BufferedImage(2, 3, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 6; i++) {
            image.setRGB(i % 2, i / 2, (10 * i) << 16);
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    /** With a chunk eXIf behind the header, which is 33 bytes with the signature. */
    private static byte[] withExif(byte[] png, byte[] tiff) {
        byte[] kind = "eXIf".getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(kind);
        sum.update(tiff);
        return ByteBuffer.allocate(png.length + 12 + tiff.length)
                .put(png, 0, 33)
                .putInt(tiff.length)
                .put(kind)
                .put(tiff)
                .putInt((int) sum.getValue())
                .put(png, 33, png.length - 33)
                .array();
    }

    /** One directory with two entries, the second the orientation. */
    private static byte[] tiff(int orientation, ByteOrder order) {
        ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 24 + 4).order(order);
        tiff.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
        tiff.putShort((short) 42).putInt(8).putShort((short) 2);
        tiff.putShort((short) 256)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) 2)
                .putShort((short) 0);
        tiff.putShort((short) 274)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        return tiff.putInt(0).array();
    }
}
