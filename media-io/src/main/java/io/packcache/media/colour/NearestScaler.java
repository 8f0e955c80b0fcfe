package io.packcache.media.colour;

/**
 * Enlarges or shrinks packed RGB by taking, for each pixel, the nearest one of the source: hard edges stay hard. Made
 * once for a pair of sizes; allocates nothing afterwards; safe from any thread.
 */
public final class NearestScaler implements Scaler {

    private final int width;
    private final int scaledWidth;
    private final int scaledHeight;
    private final int[] columnOffsets;
    private final int[] rows;

    /** From {@code width x height} pixels to {@code scaledWidth x scaledHeight}; each at least 1. */
    public NearestScaler(int width, int height, int scaledWidth, int scaledHeight) {
        if (width < 1 || height < 1 || scaledWidth < 1 || scaledHeight < 1) {
            throw new IllegalArgumentException("sizes are at least 1 x 1 pixels, got " + width + " x " + height + " to "
                    + scaledWidth + " x " + scaledHeight);
        }
        this.width = width;
        this.scaledWidth = scaledWidth;
        this.scaledHeight = scaledHeight;
        columnOffsets = nearest(width, scaledWidth);
        for (int x = 0; x < scaledWidth; x++) {
            columnOffsets[x] *= 3;
        }
        rows = nearest(height, scaledHeight);
    }

    @Override
    public int scaledBytes() {
        return Math.multiplyExact(3, Math.multiplyExact(scaledWidth, scaledHeight));
    }

    @Override
    public void scale(byte[] rgb, byte[] scaled) {
        int rowBytes = 3 * scaledWidth;
        for (int y = 0; y < scaledHeight; y++) {
            int to = y * rowBytes;
            if (y > 0 && rows[y] == rows[y - 1]) {
                System.arraycopy(scaled, to - rowBytes, scaled, to, rowBytes);
                continue;
            }
            int row = 3 * width * rows[y];
            for (int x = 0; x < scaledWidth; x++, to += 3) {
                int from = row + columnOffsets[x];
                scaled[to] = rgb[from];
                scaled[to + 1] = rgb[from + 1];
                scaled[to + 2] = rgb[from + 2];
            }
        }
    }

    /** For each of {@code scaled} places the source place whose centre is nearest; ties go to the later one. */
    private static int[] nearest(int size, int scaled) {
        int[] places = new int[scaled];
        for (int i = 0; i < scaled; i++) {
            places[i] = (int) ((2L * i + 1) * size / (2L * scaled));
        }
        return places;
    }
}
