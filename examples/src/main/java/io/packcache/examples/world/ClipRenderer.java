package io.packcache.examples.world;

import java.util.List;
import java.util.stream.IntStream;

/** Draws a scene: 8-bit RGB pictures, row by row, with anti-aliased edges. */
public final class ClipRenderer {
    private ClipRenderer() {}

    /** One picture of a scene, {@link Geometry#pictureBytes} bytes. */
    public static byte[] picture(Scene scene, int picture) {
        int side = scene.geometry().side();
        byte[] pixels = new byte[scene.geometry().pictureBytes()];
        List<Point> centres = IntStream.range(0, scene.objects().size())
                .mapToObj(object -> scene.centre(object, picture))
                .toList();
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                write(pixels, 3 * (y * side + x), pixel(scene, centres, x, y));
            }
        }
        return pixels;
    }

    private static Rgb pixel(Scene scene, List<Point> centres, int x, int y) {
        if (scene.bar().isPresent() && scene.bar().get().covers(x, y)) {
            return Bar.RGB;
        }
        Rgb colour = scene.background().pixel(x, y, scene.geometry().side());
        for (int i = 0; i < centres.size(); i++) {
            double coverage = coverage(scene, i, centres.get(i), x, y);
            if (coverage > 0) {
                colour = colour.towards(scene.objects().get(i).colour().rgb(), coverage);
            }
        }
        return colour;
    }

    /** How much of a pixel an object at a place covers, from 0 to 1. */
    static double coverage(Scene scene, int object, Point centre, int x, int y) {
        ObjectSpec spec = scene.objects().get(object);
        return spec.shape()
                .coverage(
                        x + 0.5 - centre.x(),
                        y + 0.5 - centre.y(),
                        scene.geometry().radius(spec.size()));
    }

    private static void write(byte[] pixels, int at, Rgb colour) {
        pixels[at] = (byte) Math.round(colour.red());
        pixels[at + 1] = (byte) Math.round(colour.green());
        pixels[at + 2] = (byte) Math.round(colour.blue());
    }
}
