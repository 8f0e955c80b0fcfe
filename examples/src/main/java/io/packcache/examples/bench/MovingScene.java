package io.packcache.examples.bench;

import io.packcache.media.colour.Bt709;
import io.packcache.media.colour.Yuv420;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Pictures that cost an encoder about what filmed ones do: a slope of colours that drifts, discs that move over it, and a
 * little grain. There are few, shown forwards and backwards, so that motion never jumps.
 */
final class MovingScene {

    private static final int PICTURES = 24;
    private static final int DISCS = 12;
    private static final int GRAIN = 5;

    private final int width;
    private final int height;
    private final List<byte[]> rgb = new ArrayList<>();
    private final List<byte[]> planes = new ArrayList<>();

    MovingScene(int width, int height) {
        this.width = width;
        this.height = height;
        Yuv420 converted = new Yuv420(width, height);
        for (int t = 0; t < PICTURES; t++) {
            byte[] picture = draw(t);
            rgb.add(picture);
            Bt709.convert(picture, width, height, converted);
            planes.add(inARow(converted));
        }
    }

    /** Packed RGB of picture {@code i}, as many as one likes. */
    byte[] rgb(int i) {
        return rgb.get(index(i));
    }

    /** The same as planes of YUV 4:2:0, one after the other. */
    byte[] planes(int i) {
        return planes.get(index(i));
    }

    private static int index(int i) {
        int at = i % (2 * PICTURES - 2);
        return Math.min(at, 2 * PICTURES - 2 - at);
    }

    private byte[] draw(int t) {
        byte[] picture = new byte[3 * width * height];
        Random grain = new Random(t);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int noise = grain.nextInt(2 * GRAIN + 1) - GRAIN;
                int disc = disc(x, y, t);
                int at = 3 * (y * width + x);
                picture[at] = level(disc * 70 + 160 * (x + 3 * t) / width + noise);
                picture[at + 1] = level(disc * 31 + 160 * (y + 2 * t) / height + noise);
                picture[at + 2] = level(disc * 113 + 80 * (x + y) / height + noise);
            }
        }
        return picture;
    }

    /** Which disc covers a pixel, counted from 1; 0 if none does. */
    private int disc(int x, int y, int t) {
        int radius = height / 10;
        for (int d = 0; d < DISCS; d++) {
            int dx = x - Math.floorMod(211 * d + (d % 5 - 2) * 4 * t, width);
            int dy = y - Math.floorMod(127 * d + (d % 3 - 1) * 4 * t, height);
            if (dx * dx + dy * dy < radius * radius) {
                return d + 1;
            }
        }
        return 0;
    }

    private static byte level(int value) {
        return (byte) (value & 255);
    }

    private static byte[] inARow(Yuv420 picture) {
        byte[] y = picture.y();
        byte[] u = picture.u();
        byte[] all = new byte[y.length + 2 * u.length];
        System.arraycopy(y, 0, all, 0, y.length);
        System.arraycopy(u, 0, all, y.length, u.length);
        System.arraycopy(picture.v(), 0, all, y.length + u.length, u.length);
        return all;
    }
}
