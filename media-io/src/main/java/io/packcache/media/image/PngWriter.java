package io.packcache.media.image;

import io.packcache.media.file.OutputFile;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.SinkException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Writes one picture as a PNG file, without loss; the file takes its name only when it is whole. Safe from any thread. */
public final class PngWriter {

    private PngWriter() {}

    /**
     * Writes {@code picture}, which stays the caller's to release.
     *
     * @param overwrite whether a file of that name is replaced; if not, it is refused
     * @throws SinkException if the file exists or cannot be written
     */
    public static void write(VideoFrame picture, Path file, boolean overwrite) throws SinkException {
        write(image(picture.rgb(), picture.width(), picture.height()), file, overwrite);
    }

    static void write(BufferedImage image, Path file, boolean overwrite) throws SinkException {
        ImageFile.write(new OutputFile(file, overwrite, true), part -> {
            if (!ImageIO.write(image, "png", part.toFile())) {
                throw new IOException("this Java has no PNG writer");
            }
        });
    }

    /** Packed RGB as an image of its own. */
    static BufferedImage image(byte[] rgb, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at += 3) {
                row[x] = ((rgb[at] & 255) << 16) | ((rgb[at + 1] & 255) << 8) | (rgb[at + 2] & 255);
            }
            image.setRGB(0, y, width, 1, row, 0, width);
        }
        return image;
    }
}
