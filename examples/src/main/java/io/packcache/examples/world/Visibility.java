package io.packcache.examples.world;

/** How much of an object can be seen. */
public final class Visibility {
    private Visibility() {}

    /** The share of an object's area in a picture that neither the bar nor a later object covers. */
    public static double share(Scene scene, int object, int picture) {
        int side = scene.geometry().side();
        Point centre = scene.centre(object, picture);
        double all = 0;
        double seen = 0;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double coverage = ClipRenderer.coverage(scene, object, centre, x, y);
                if (coverage > 0) {
                    all += coverage;
                    seen += covered(scene, object, picture, x, y) ? 0 : coverage;
                }
            }
        }
        return seen / all;
    }

    /** Whether more than half of a pixel is the object's, and nothing covers it. */
    public static boolean seen(Scene scene, int object, int picture, int x, int y) {
        return ClipRenderer.coverage(scene, object, scene.centre(object, picture), x, y) > 0.5
                && !covered(scene, object, picture, x, y);
    }

    private static boolean covered(Scene scene, int object, int picture, int x, int y) {
        if (scene.bar().isPresent() && scene.bar().get().covers(x, y)) {
            return true;
        }
        for (int i = object + 1; i < scene.objects().size(); i++) {
            if (ClipRenderer.coverage(scene, i, scene.centre(i, picture), x, y) > 0.5) {
                return true;
            }
        }
        return false;
    }
}
