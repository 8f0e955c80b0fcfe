package io.packcache.examples.world;

/** How much of an object can be seen. */
public final class Visibility {
    private static final int SIDE = Geometry.SIDE;

    private Visibility() {}

    /** The share of an object's area in a picture that neither the bar nor a later object covers. */
    public static double share(Scene scene, int object, int picture) {
        ObjectSpec spec = scene.objects().get(object);
        Point centre = spec.centre(picture);
        double all = 0;
        double seen = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double coverage = ClipRenderer.coverage(spec, centre, x, y);
                if (coverage > 0) {
                    all += coverage;
                    seen += covered(scene, object, picture, x, y) ? 0 : coverage;
                }
            }
        }
        return seen / all;
    }

    private static boolean covered(Scene scene, int object, int picture, int x, int y) {
        if (scene.bar().isPresent() && scene.bar().get().covers(x, y)) {
            return true;
        }
        for (int i = object + 1; i < scene.objects().size(); i++) {
            ObjectSpec above = scene.objects().get(i);
            if (ClipRenderer.coverage(above, above.centre(picture), x, y) > 0.5) {
                return true;
            }
        }
        return false;
    }
}
