package io.packcache.media.image;

/**
 * A decoded image: packed RGB, rows from the top.
 *
 * @param rgb R G B for each pixel, no padding
 */
record Pixels(int width, int height, byte[] rgb) {

    /** The image turned and mirrored from how a camera stored it to how it is seen; orientation 1 to 8 as in EXIF. */
    Pixels upright(int orientation) {
        if (orientation == ExifOrientation.UPRIGHT) {
            return this;
        }
        boolean swapped = orientation >= 5;
        int newWidth = swapped ? height : width;
        int newHeight = swapped ? width : height;
        byte[] turned = new byte[rgb.length];
        for (int y = 0, to = 0; y < newHeight; y++) {
            for (int x = 0; x < newWidth; x++, to += 3) {
                int across = swapped ? y : x;
                int down = swapped ? x : y;
                boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
                boolean fromBelow = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
                int column = fromRight ? width - 1 - across : across;
                int row = fromBelow ? height - 1 - down : down;
                System.arraycopy(rgb, 3 * (row * width + column), turned, to, 3);
            }
        }
        return new Pixels(newWidth, newHeight, turned);
    }
}
