package io.packcache.media.file;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;

/** Pictures that carry their number: sixteen black or white stripes, the bits of the number, over a moving colour. */
final class CounterPictures {

    static final TimeBase TWELVE = TimeBase.ofFramesPerSecond(12);
    private static final int BITS = 16;

    private CounterPictures() {}

    static VideoFrame picture(FramePool pool, int number, int width, int height) {
        VideoFrame picture = pool.take(width, height, number, TWELVE);
        byte[] rgb = picture.rgb();
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at += 3) {
                boolean counter = y < height / 2;
                int bit = number >> (x * BITS / width) & 1;
                rgb[at] = (byte) (counter ? 255 * bit : x * 2 + number);
                rgb[at + 1] = (byte) (counter ? 255 * bit : y * 3);
                rgb[at + 2] = (byte) (counter ? 255 * bit : 128);
            }
        }
        return picture;
    }

    /** The number in the frame at {@code index} of decoded planes. */
    static int number(byte[] planes, int index, int width, int height) {
        int frame = index * (width * height * 3 / 2);
        int number = 0;
        for (int bit = 0; bit < BITS; bit++) {
            int x = (2 * bit + 1) * width / (2 * BITS);
            int luma = planes[frame + height / 4 * width + x] & 255;
            number |= luma > 128 ? 1 << bit : 0;
        }
        return number;
    }
}
