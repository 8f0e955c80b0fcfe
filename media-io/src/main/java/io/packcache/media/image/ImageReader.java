package io.packcache.media.image;

import io.packcache.media.colour.CoverScaler;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.StillImage;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads a PNG, JPEG or WebP file as one picture, to condition a generation on.
 *
 * <p>What comes out: the values of the file as they are (no colour profile is applied), 16 bits reduced to 8, grey as
 * R = G = B, transparent parts flattened on black, turned upright as the file's EXIF data says. Files are not trusted:
 * size is checked in the header before pixels take memory, and anything but a whole picture is refused with an
 * {@link IOException} of one sentence.
 *
 * <p>Safe from any thread.
 */
public final class ImageReader {

    /** Largest picture read, in pixels. */
    public static final long MOST_PIXELS = 40_000_000;

    /** More than the best compression there is: deflate makes 1,032 bytes of one, in each 8 pixels. */
    private static final long MOST_PIXELS_A_BYTE = 10_000;

    /** Largest WebP file read: its decoder takes it whole. No picture of so many pixels needs more. */
    private static final long MOST_WEBP_BYTES = 6 * MOST_PIXELS;

    private ImageReader() {}

    /**
     * Reads a picture in its own size.
     *
     * @return the picture, at tick 0 of one second, in memory of its own
     * @throws IOException if the file is absent, no PNG, JPEG or WebP, too large or damaged
     */
    public static VideoFrame read(Path file) throws IOException {
        Pixels image = decode(file);
        return VideoFrame.unpooled(image.width(), image.height(), 0, new TimeBase(1, 1), image.rgb());
    }

    /**
     * Reads a picture and makes it {@code width x height}: scaled, its proportions kept, until it just covers that size;
     * what juts out is cut off evenly on both sides. Each pixel is the mean of the area it covers.
     *
     * @return the picture, at tick 0 of one second, in memory of its own
     * @throws IOException if the file is absent, no PNG, JPEG or WebP, too large or damaged
     */
    public static VideoFrame read(Path file, int width, int height) throws IOException {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture is at least 1 x 1 pixels, got " + width + " x " + height);
        }
        Pixels image = decode(file);
        byte[] scaled = CoverScaler.scale(image.rgb(), image.width(), image.height(), width, height);
        return VideoFrame.unpooled(width, height, 0, new TimeBase(1, 1), scaled);
    }

    private static Pixels decode(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no picture " + file);
        }
        Pixels stored = isWebp(file) ? decodeWebp(file) : decodeByJava(file);
        return stored.upright(ExifOrientation.of(file));
    }

    private static boolean isWebp(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String start = new String(in.readNBytes(12), StandardCharsets.ISO_8859_1);
            return start.startsWith("RIFF") && start.endsWith("WEBP");
        }
    }

    private static Pixels decodeWebp(Path file) throws IOException {
        if (Files.size(file) > MOST_WEBP_BYTES) {
            throw new IOException(
                    file + " has " + Files.size(file) + " bytes; of WebP at most " + MOST_WEBP_BYTES + " are read");
        }
        byte[] bytes = Files.readAllBytes(file);
        long claimed = 8
                + Integer.toUnsignedLong(
                        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
        if (claimed > bytes.length) {
            throw new IOException(file + " is damaged: it ends before the picture does");
        }
        StillImage image;
        try {
            image = StillImage.webp(bytes, MOST_PIXELS);
        } catch (FfmpegException e) {
            throw new IOException(
                    file + " is damaged, moves, or has more than " + MOST_PIXELS + " pixels: " + e.getMessage(), e);
        }
        return FlatPixels.of(image);
    }

    private static Pixels decodeByJava(Path file) throws IOException {
        try (ImageInputStream input = ImageIO.createImageInputStream(file.toFile())) {
            if (input == null) {
                throw new IOException("cannot open the picture " + file);
            }
            javax.imageio.ImageReader reader = readerOf(input, file);
            try {
                return FlatPixels.of(decode(reader, input, file));
            } finally {
                reader.dispose();
            }
        }
    }

    private static javax.imageio.ImageReader readerOf(ImageInputStream input, Path file) throws IOException {
        Iterator<javax.imageio.ImageReader> readers = ImageIO.getImageReaders(input);
        while (readers.hasNext()) {
            javax.imageio.ImageReader reader = readers.next();
            String format = reader.getFormatName().toLowerCase(Locale.ROOT);
            if (format.equals("png") || format.equals("jpeg")) {
                return reader;
            }
        }
        throw new IOException(file + " is no PNG, JPEG or WebP picture");
    }

    /* A damaged file makes ImageIO throw almost anything; all of it means the same to the reader of the message. */
    private static BufferedImage decode(javax.imageio.ImageReader reader, ImageInputStream input, Path file)
            throws IOException {
        AtomicBoolean cut = new AtomicBoolean();
        reader.addIIOReadWarningListener((source, warning) -> {
            if (warning.toLowerCase(Locale.ROOT).contains("premature")) {
                cut.set(true);
            }
        });
        reader.setInput(input, true, true);
        BufferedImage image;
        try {
            long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            if (pixels > MOST_PIXELS) {
                throw new TooLarge(file + " has " + reader.getWidth(0) + " x " + reader.getHeight(0)
                        + " pixels; at most " + MOST_PIXELS + " are read");
            }
            if (pixels > MOST_PIXELS_A_BYTE * Files.size(file)) {
                throw new IOException(Files.size(file) + " bytes cannot hold " + reader.getWidth(0) + " x "
                        + reader.getHeight(0) + " pixels");
            }
            image = reader.read(0);
        } catch (TooLarge e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
        if (cut.get()) {
            throw new IOException(file + " is damaged: it ends before the picture does");
        }
        return image;
    }

    /** Tells our own refusal from a decoder's failure. */
    private static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge(String message) {
            super(message);
        }
    }
}
