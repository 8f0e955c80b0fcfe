package io.packcache.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.image.ImageReader;
import io.packcache.media.source.ClipReader;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that lie about what they hold cost little before they are refused: processor time, Java memory, and native memory,
 * of which FFmpeg may take no block larger than {@link #BLOCK} here (it would answer that there is no memory).
 */
class MalformedInputTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long ALLOCATED = 16L << 20;
    private static final int BLOCK = 16 << 20;

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    @Test
    void aCutPngIsRefusedCheaply() throws IOException {
        byte[] png = noisePng(1024, 1024);
        Path file = Files.write(folder.resolve("cut.png"), Arrays.copyOf(png, png.length * 6 / 10));
        refusedCheaply(() -> ImageReader.read(file, 64, 64), file + " is damaged");
    }

    @Test
    void aPngThatClaimsToBeHugeIsRefusedCheaply() throws IOException {
        Path file = Files.write(folder.resolve("huge.png"), pngHeader(100_000, 100_000));
        refusedCheaply(() -> ImageReader.read(file, 64, 64), file + " has 100000 x 100000 pixels");
    }

    @Test
    void aPngWhoseFewBytesCannotHoldItsPixelsIsRefusedCheaply() throws IOException {
        Path file = Files.write(folder.resolve("empty.png"), pngHeader(6_000, 6_000));
        refusedCheaply(() -> ImageReader.read(file, 64, 64), file + " is damaged: 33 bytes cannot hold 6000 x 6000");
    }

    @Test
    void aWebpThatClaimsToBeHugeIsRefusedCheaply() throws IOException {
        Path file = Files.write(folder.resolve("huge.webp"), hugeWebp());
        refusedCheaply(() -> ImageReader.read(file, 64, 64), file + " is damaged, moves, or has more than");
    }

    @Test
    void aTextNamedMp4IsRefusedCheaply() throws IOException {
        Path file = Files.writeString(folder.resolve("text.mp4"), "This is no video.\n".repeat(200_000));
        refusedCheaply(() -> ClipReader.last(file, 5, 12, 64, 64), file + " cannot be read as a video");
    }

    @Test
    void aFilmThatClaimsHugePicturesIsRefusedCheaply() throws IOException {
        String header = "YUV4MPEG2 W100000 H100000 F25:1 Ip A1:1 C420jpeg\nFRAME\n";
        Path file = Files.write(folder.resolve("huge.mp4"), header.getBytes(StandardCharsets.US_ASCII));
        refusedCheaply(() -> ClipReader.last(file, 5, 12, 64, 64), file + " ");
    }

    @Test
    void anMp4WhoseIndexClaimsBillionsOfPicturesIsRefusedCheaply() throws IOException {
        byte[] film = film();
        int count = indexOf(film, "stsz") + 4 + 8;
        ByteBuffer.wrap(film).putInt(count, Integer.MAX_VALUE);
        Path file = Files.write(folder.resolve("billions.mp4"), film);
        refusedCheaply(() -> ClipReader.last(file, 50, 12, 64, 64), file + " ");
    }

    private static void refusedCheaply(ThrowingCallable reading, String message) {
        assertThat(catchThrowable(reading)).isNotNull(); // loads classes and libraries
        avutil.av_max_alloc(BLOCK);
        try {
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long time = THREADS.getCurrentThreadCpuTime();
            Throwable refusal = catchThrowable(reading);
            time = THREADS.getCurrentThreadCpuTime() - time;
            bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
            assertThat(refusal).isInstanceOf(IOException.class).hasMessageStartingWith(message);
            assertThat(refusal.getMessage()).doesNotContainIgnoringCase("memory");
            assertThat(time).as("nanoseconds of processor").isLessThan(SECOND);
            assertThat(bytes).as("bytes of Java memory").isLessThan(ALLOCATED);
        } finally {
            avutil.av_max_alloc(Integer.MAX_VALUE);
        }
    }

    private static byte[] noisePng(int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(5);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "png", png)).isTrue();
        return png.toByteArray();
    }

    private static byte[] pngHeader(int width, int height) {
        ByteBuffer png = ByteBuffer.allocate(33);
        png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        png.putInt(13).put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height);
        png.put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(png.array(), 12, 17);
        return png.putInt((int) crc.getValue()).array();
    }

    /** A lossless image whose header says 16,384 x 16,384, the most that WebP can say. */
    private static byte[] hugeWebp() {
        byte[] webp = new byte[64];
        ByteBuffer bytes = ByteBuffer.wrap(webp).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        bytes.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(webp.length - 8);
        bytes.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(webp.length - 20);
        bytes.put((byte) 0x2f).putInt(0x3fff | 0x3fff << 14);
        return webp;
    }

    private byte[] film() throws IOException {
        Path file = folder.resolve("film.mp4");
        try (Mp4Sink sink = new Mp4Sink(file, Mp4Settings.FINITE)) {
            for (int i = 0; i < 5; i++) {
                sink.write(VideoFrame.unpooled(64, 64, i, TimeBase.ofFramesPerSecond(12), new byte[3 * 64 * 64]));
            }
        }
        return Files.readAllBytes(file);
    }

    private static int indexOf(byte[] film, String box) {
        int at = new String(film, StandardCharsets.ISO_8859_1).indexOf(box);
        assertThat(at).isPositive();
        return at;
    }
}
