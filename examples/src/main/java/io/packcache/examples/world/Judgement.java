package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a judge found in the pictures of a clip; everything is empty if no object was ever seen.
 *
 * @param places the object's centre in each picture, null where it is absent
 */
public record Judgement(
        Optional<Colour> colour,
        Optional<Shape> shape,
        Optional<ObjectSize> size,
        Optional<Direction> direction,
        List<Point> places) {

    public Judgement {
        places = Collections.unmodifiableList(new ArrayList<>(places));
    }

    /** Whether the object can be seen in a picture. */
    public boolean present(int picture) {
        return places.get(picture) != null;
    }

    /** Whether the object can be seen in the last picture. */
    public boolean presentLast() {
        return present(places.size() - 1);
    }
}
