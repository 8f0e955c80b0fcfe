package io.packcache.examples.world;

import java.util.List;
import java.util.Optional;

/** Everything there is to draw in one clip; later objects lie over earlier ones, the bar lies over all. */
public record Scene(Geometry geometry, Background background, List<ObjectSpec> objects, Optional<Bar> bar) {

    public Scene {
        objects = List.copyOf(objects);
        if (objects.isEmpty()) {
            throw new IllegalArgumentException("a scene needs at least one object");
        }
    }

    /** The object that a caption names first. */
    public ObjectSpec main() {
        return objects.get(0);
    }

    /** The centre of an object in a picture, both counted from zero. */
    public Point centre(int object, int picture) {
        return objects.get(object).centre(geometry, picture);
    }

    /** The part of the picture where an object starts. */
    public Region region(ObjectSpec object) {
        return Region.of(object.startX(), object.startY(), geometry);
    }
}
