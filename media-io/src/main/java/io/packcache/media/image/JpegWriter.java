package io.packcache.media.image;

import io.packcache.media.file.OutputFile;
import io.packcache.stream.sink.SinkException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Writes one image as a JPEG file; the file takes its name only when it is whole. Safe from any thread. */
final class JpegWriter {

    private JpegWriter() {}

    /** Writes {@code image}; quality 1 to 100. */
    static void write(BufferedImage image, int quality, OutputFile output) throws SinkException {
        ImageFile.write(output, part -> {
            try (ImageOutputStream stream = ImageIO.createImageOutputStream(part.toFile())) {
                Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
                if (stream == null || !writers.hasNext()) {
                    throw new IOException("this Java has no JPEG writer, or cannot write there");
                }
                encode(image, quality, stream, writers.next());
            }
        });
    }

    private static void encode(BufferedImage image, int quality, ImageOutputStream stream, ImageWriter writer)
            throws IOException {
        try {
            ImageWriteParam settings = writer.getDefaultWriteParam();
            settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            settings.setCompressionQuality(quality / 100f);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, null), settings);
        } finally {
            writer.dispose();
        }
    }
}
