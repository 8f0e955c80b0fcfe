package io.packcache.media.colour;

/**
 * RGB to YUV 4:2:0 after ITU-R BT.709, limited range (luma 16 to 235, chroma 16 to 240): the colours of HD video.
 *
 * <p>For R, G, B in 0 to 255, with r, g, b the means over the 2 x 2 pixels that share one chroma sample:
 * <pre>
 *   Y = 16  + 219/255 * (0.2126 R + 0.7152 G + 0.0722 B)
 *   U = 128 + 224/255 * (b - (0.2126 r + 0.7152 g + 0.0722 b)) / 1.8556
 *   V = 128 + 224/255 * (r - (0.2126 r + 0.7152 g + 0.0722 b)) / 1.5748
 * </pre>
 * each rounded to the nearest integer, once. Fixed point with 22 bits (luma) and 21 bits (chroma) stays within 1/5000 of
 * a level of the exact value, so a result differs from the exactly rounded one only where that is a tie to within 1/5000.
 * Grey has U = V = 128 exactly. Chroma sits in the centre of its four pixels. Red, (255, 0, 0), is 63, 102, 240.
 *
 * <p>An odd last column or row is repeated to fill its 2 x 2 block. Allocates nothing; safe from any thread.
 */
public final class Bt709 {

    private static final double RED = 0.2126;
    private static final double BLUE = 0.0722;

    private static final int LUMA_BITS = 22;
    private static final int Y_ALL = fixed(219 / 255.0, LUMA_BITS);
    private static final int Y_R = fixed(219 / 255.0 * RED, LUMA_BITS);
    private static final int Y_B = fixed(219 / 255.0 * BLUE, LUMA_BITS);
    private static final int Y_G = Y_ALL - Y_R - Y_B;
    private static final int Y_OFFSET = (16 << LUMA_BITS) + (1 << (LUMA_BITS - 1));

    /** Chroma weights apply to sums of four pixels, so the shift has two bits more. */
    private static final int CHROMA_BITS = 21;

    private static final int CHROMA_SHIFT = CHROMA_BITS + 2;
    private static final int C_MOST = fixed(112 / 255.0, CHROMA_BITS);
    private static final int U_R = fixed(-112 / 255.0 * RED / (1 - BLUE), CHROMA_BITS);
    private static final int U_G = -C_MOST - U_R;
    private static final int V_B = fixed(-112 / 255.0 * BLUE / (1 - RED), CHROMA_BITS);
    private static final int V_G = -C_MOST - V_B;
    private static final int C_OFFSET = (128 << CHROMA_SHIFT) + (1 << (CHROMA_SHIFT - 1));

    private Bt709() {}

    /**
     * Converts one picture.
     *
     * @param rgb at least {@code 3 * width * height} bytes: rows from the top, R G B for each pixel, no padding
     * @param width pixels, at least 1
     * @param height rows, at least 1
     * @param out planes made for this size
     */
    public static void convert(byte[] rgb, int width, int height, Yuv420 out) {
        if (out.width() != width + (width & 1) || out.height() != height + (height & 1)) {
            throw new IllegalArgumentException("a picture of " + width + " x " + height + " does not fill planes of "
                    + out.width() + " x " + out.height());
        }
        if (rgb.length < 3L * width * height) {
            throw new IllegalArgumentException("a picture of " + width + " x " + height + " needs "
                    + 3L * width * height + " bytes of RGB, got " + rgb.length);
        }
        for (int row = 0; row < height; row += 2) {
            int top = 3 * width * row;
            int bottom = row + 1 < height ? top + 3 * width : top;
            lumaRow(rgb, top, width, out.y(), row * out.width());
            lumaRow(rgb, bottom, width, out.y(), (row + 1) * out.width());
            chromaRow(rgb, top, bottom, width, out.u(), out.v(), row / 2 * (out.width() / 2));
        }
    }

    private static void lumaRow(byte[] rgb, int from, int width, byte[] y, int to) {
        int p = from;
        for (int x = 0; x < width; x++, p += 3) {
            int sum = Y_R * (rgb[p] & 255) + Y_G * (rgb[p + 1] & 255) + Y_B * (rgb[p + 2] & 255) + Y_OFFSET;
            y[to + x] = (byte) (sum >> LUMA_BITS);
        }
        if ((width & 1) == 1) {
            y[to + width] = y[to + width - 1];
        }
    }

    private static void chromaRow(byte[] rgb, int top, int bottom, int width, byte[] u, byte[] v, int to) {
        int t = top;
        int b = bottom;
        int pairs = width / 2;
        for (int x = 0; x < pairs; x++, t += 6, b += 6) {
            int red = (rgb[t] & 255) + (rgb[t + 3] & 255) + (rgb[b] & 255) + (rgb[b + 3] & 255);
            int green = (rgb[t + 1] & 255) + (rgb[t + 4] & 255) + (rgb[b + 1] & 255) + (rgb[b + 4] & 255);
            int blue = (rgb[t + 2] & 255) + (rgb[t + 5] & 255) + (rgb[b + 2] & 255) + (rgb[b + 5] & 255);
            u[to + x] = blueDifference(red, green, blue);
            v[to + x] = redDifference(red, green, blue);
        }
        if ((width & 1) == 1) {
            int red = 2 * ((rgb[t] & 255) + (rgb[b] & 255));
            int green = 2 * ((rgb[t + 1] & 255) + (rgb[b + 1] & 255));
            int blue = 2 * ((rgb[t + 2] & 255) + (rgb[b + 2] & 255));
            u[to + pairs] = blueDifference(red, green, blue);
            v[to + pairs] = redDifference(red, green, blue);
        }
    }

    /** U from sums over four pixels. */
    private static byte blueDifference(int red, int green, int blue) {
        return (byte) ((U_R * red + U_G * green + C_MOST * blue + C_OFFSET) >> CHROMA_SHIFT);
    }

    /** V from sums over four pixels. */
    private static byte redDifference(int red, int green, int blue) {
        return (byte) ((C_MOST * red + V_G * green + V_B * blue + C_OFFSET) >> CHROMA_SHIFT);
    }

    private static int fixed(double weight, int bits) {
        return (int) Math.round(weight * (1 << bits));
    }
}
