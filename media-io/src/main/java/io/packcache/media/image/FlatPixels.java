package io.packcache.media.image;

import io.packcache.media.ffmpeg.StillImage;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;

/** Decoded images of any kind as RGB of 8 bits: grey as R = G = B, transparent parts flattened on black. */
final class FlatPixels {

    private FlatPixels() {}

    /** An image as FFmpeg decoded it. */
    static Pixels of(StillImage image) {
        byte[] rgba = image.rgba();
        byte[] rgb = new byte[rgba.length / 4 * 3];
        for (int from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
            int alpha = rgba[from + 3] & 255;
            rgb[to] = flat(rgba[from] & 255, 255, alpha, 255);
            rgb[to + 1] = flat(rgba[from + 1] & 255, 255, alpha, 255);
            rgb[to + 2] = flat(rgba[from + 2] & 255, 255, alpha, 255);
        }
        return new Pixels(image.width(), image.height(), rgb);
    }

    /** An image as Java decoded it. */
    static Pixels of(BufferedImage image) throws IOException {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
        if (image.getColorModel() instanceof IndexColorModel) {
            flattenPalette(image, rgb);
        } else {
            flattenSamples(image, rgb);
        }
        return new Pixels(width, height, rgb);
    }

    private static void flattenPalette(BufferedImage image, byte[] rgb) {
        ColorModel palette = image.getColorModel();
        Raster raster = image.getRaster();
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++, at += 3) {
                int argb = palette.getRGB(raster.getSample(x, y, 0));
                int alpha = argb >>> 24;
                rgb[at] = flat((argb >> 16) & 255, 255, alpha, 255);
                rgb[at + 1] = flat((argb >> 8) & 255, 255, alpha, 255);
                rgb[at + 2] = flat(argb & 255, 255, alpha, 255);
            }
        }
    }

    /* Samples are taken from the raster because Java's grey images would be brightened on the way through their colour model. */
    private static void flattenSamples(BufferedImage image, byte[] rgb) throws IOException {
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        if (bands < 1 || bands > 4) {
            throw new IOException("a picture has 1 to 4 channels, this one has " + bands);
        }
        boolean hasAlpha = bands == 2 || bands == 4;
        int green = bands >= 3 ? 1 : 0;
        int blue = bands >= 3 ? 2 : 0;
        int most = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        int[] row = new int[bands * image.getWidth()];
        int at = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            raster.getPixels(0, y, image.getWidth(), 1, row);
            for (int i = 0; i < row.length; i += bands, at += 3) {
                int alpha = hasAlpha ? row[i + bands - 1] : most;
                rgb[at] = flat(row[i], most, alpha, most);
                rgb[at + 1] = flat(row[i + green], most, alpha, most);
                rgb[at + 2] = flat(row[i + blue], most, alpha, most);
            }
        }
    }

    /** A sample over black, as 8 bits, rounded to nearest. */
    private static byte flat(int sample, int most, int alpha, int mostAlpha) {
        long whole = (long) most * mostAlpha;
        return (byte) ((2 * 255L * sample * alpha + whole) / (2 * whole));
    }
}
