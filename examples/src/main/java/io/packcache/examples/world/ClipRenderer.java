package io.packcache.examples.world;

import java.util.List;

/** Draws a scene: 8-bit RGB pictures, row by row, with anti-aliased edges. */
public final class ClipRenderer {
    private static final int SIDE = Geometry.SIDE;

    private ClipRenderer() {}

    /** One picture of a scene, {@code SIDE * SIDE * 3} bytes. */
    public static byte[] picture(Scene scene, int picture) {
        byte[] pixels = new byte[SIDE * SIDE * 3];
        List<Point> centres =
                scene.objects().stream().map(object -> object.centre(picture)).toList();
        for (int y = 0; y < SIDE; y++) {
            Rgb behind = scene.background().row(y);
            for (int x = 0; x < SIDE; x++) {
                write(pixels, 3 * (y * SIDE + x), pixel(scene, centres, behind, x, y));
            }
        }
        return pixels;
    }

    private static Rgb pixel(Scene scene, List<Point> centres, Rgb behind, int x, int y) {
        if (scene.bar().isPresent() && scene.bar().get().covers(x, y)) {
            return Bar.RGB;
        }
        Rgb colour = behind;
        for (int i = 0; i < centres.size(); i++) {
            double coverage = coverage(scene.objects().get(i), centres.get(i), x, y);
            if (coverage > 0) {
                colour = colour.towards(scene.objects().get(i).colour().rgb(), coverage);
            }
        }
        return colour;
    }

    /** How much of a pixel an object at a place covers, from 0 to 1. */
    static double coverage(ObjectSpec object, Point centre, int x, int y) {
        return object.shape()
                .coverage(
                        x + 0.5 - centre.x(),
                        y + 0.5 - centre.y(),
                        object.size().radius());
    }

    private static void write(byte[] pixels, int at, Rgb colour) {
        pixels[at] = (byte) Math.round(colour.red());
        pixels[at + 1] = (byte) Math.round(colour.green());
        pixels[at + 2] = (byte) Math.round(colour.blue());
    }
}
