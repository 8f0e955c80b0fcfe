package io.packcache.media.colour;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * RGB to YUV 4:2:0 after ITU-R BT.709, limited range (luma 16 to 235, chroma 16 to 240): the colours of HD video.
 *
 * <p>For R, G, B in 0 to 255, with r, g, b the means over the 2 x 2 pixels that share one chroma sample:
 * <pre>
 *   Y = 16  + 219/255 * (0.2126 R + 0.7152 G + 0.0722 B)
 *   U = 128 + 224/255 * (b - (0.2126 r + 0.7152 g + 0.0722 b)) / 1.8556
 *   V = 128 + 224/255 * (r - (0.2126 r + 0.7152 g + 0.0722 b)) / 1.5748
 * </pre>
 * each rounded to the nearest integer, once. Fixed point stays within 1/500 of a level of the exact value, so a result
 * differs from the exactly rounded one only where that is a tie to within 1/500. Grey has U = V = 128 exactly. Chroma
 * sits in the centre of its four pixels. Red, (255, 0, 0), is 63, 102, 240.
 *
 * <p>Speed: one table entry for each channel value holds its share of Y, U and V side by side in one word, so that three
 * look-ups and two additions give all three, and the sum over four pixels holds the chroma means; pixels are read eight
 * bytes at a time. That is faster in plain Java than rows of products that a compiler could vectorise, because taking
 * packed RGB apart and narrowing the results are what costs.
 *
 * <p>An odd last column or row is repeated to fill its 2 x 2 block. Allocates nothing; safe from any thread.
 */
public final class Bt709 {

    private static final double RED = 0.2126;
    private static final double BLUE = 0.0722;

    /* A table entry: Y in bits 40 to 63, V in 20 to 39, U in 0 to 19. Y counts 1/65536 of a level; sums over four pixels
     * push only Y over its end, which is the word's. U and V count 1/1024, and a sum of four stays below 1024 levels. */
    private static final int Y_AT = 40;
    private static final int V_AT = 20;
    private static final int Y_UNITS = 1 << 16;
    private static final int C_UNITS = 1 << 10;

    /** Where the whole levels begin: of Y in one pixel's sum, of V and U in the sum of four. */
    private static final int Y_LEVELS = Y_AT + 16;

    private static final int V_LEVELS = V_AT + 12;
    private static final int U_LEVELS = 12;

    private static final long[] R = new long[256];
    private static final long[] G = new long[256];
    private static final long[] B = new long[256];

    static {
        double luma = 219 / 255.0;
        double chroma = 112 / 255.0;
        for (int i = 0; i < 256; i++) {
            R[i] = entry(luma * RED * i, -chroma * RED / (1 - BLUE) * i, chroma * i);
            B[i] = entry(luma * BLUE * i, chroma * i, -chroma * BLUE / (1 - RED) * i);
            // Green takes what is left of grey, so that greys are exact, and the offsets with the halves for rounding.
            G[i] = entry(16.5 + luma * i, 128.5, 128.5) - R[i] - B[i];
        }
    }

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle TWO_BYTES =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

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
            // Eight bytes hold two pixels and two bytes more, which the last pixels of the picture do not have.
            int whole = Math.max(0, Math.min(width / 2, (rgb.length - bottom - 2) / 6));
            wholeBlocks(rgb, top, bottom, whole, out, row);
            for (int block = whole; block < out.width() / 2; block++) {
                lastBlock(rgb, top, bottom, width, block, out, row);
            }
        }
    }

    private static void wholeBlocks(byte[] rgb, int top, int bottom, int blocks, Yuv420 out, int row) {
        byte[] y = out.y();
        byte[] u = out.u();
        byte[] v = out.v();
        int upper = row * out.width();
        int lower = upper + out.width();
        int chroma = row / 2 * (out.width() / 2);
        for (int x = 0; x < blocks; x++) {
            long above = (long) EIGHT_BYTES.get(rgb, top + 6 * x);
            long below = (long) EIGHT_BYTES.get(rgb, bottom + 6 * x);
            long a = sum(above);
            long b = sum(above >>> 24);
            long c = sum(below);
            long d = sum(below >>> 24);
            TWO_BYTES.set(y, upper + 2 * x, (short) (a >>> Y_LEVELS | b >>> Y_LEVELS << 8));
            TWO_BYTES.set(y, lower + 2 * x, (short) (c >>> Y_LEVELS | d >>> Y_LEVELS << 8));
            long four = a + b + c + d;
            u[chroma + x] = (byte) (four >>> U_LEVELS);
            v[chroma + x] = (byte) (four >>> V_LEVELS);
        }
    }

    /** One block of 2 x 2, its second column repeated from the first where the picture ends before it. */
    private static void lastBlock(byte[] rgb, int top, int bottom, int width, int block, Yuv420 out, int row) {
        int left = 6 * block;
        int right = 3 * Math.min(2 * block + 1, width - 1);
        long a = sum(rgb, top + left);
        long b = sum(rgb, top + right);
        long c = sum(rgb, bottom + left);
        long d = sum(rgb, bottom + right);
        int at = row * out.width() + 2 * block;
        out.y()[at] = (byte) (a >>> Y_LEVELS);
        out.y()[at + 1] = (byte) (b >>> Y_LEVELS);
        out.y()[at + out.width()] = (byte) (c >>> Y_LEVELS);
        out.y()[at + out.width() + 1] = (byte) (d >>> Y_LEVELS);
        long four = a + b + c + d;
        int chroma = row / 2 * (out.width() / 2) + block;
        out.u()[chroma] = (byte) (four >>> U_LEVELS);
        out.v()[chroma] = (byte) (four >>> V_LEVELS);
    }

    /** Y, V and U of the pixel in the lowest three bytes. */
    private static long sum(long pixel) {
        return R[(int) pixel & 255] + G[(int) (pixel >>> 8) & 255] + B[(int) (pixel >>> 16) & 255];
    }

    private static long sum(byte[] rgb, int at) {
        return R[rgb[at] & 255] + G[rgb[at + 1] & 255] + B[rgb[at + 2] & 255];
    }

    private static long entry(double y, double u, double v) {
        return (Math.round(y * Y_UNITS) << Y_AT) + (Math.round(v * C_UNITS) << V_AT) + Math.round(u * C_UNITS);
    }
}
