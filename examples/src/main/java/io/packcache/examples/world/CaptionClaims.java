package io.packcache.examples.world;

import java.util.List;
import java.util.Optional;

/** What a caption says about a scene; what it leaves out is empty, and the pattern of a plain background unsaid. */
public record CaptionClaims(
        List<ObjectClaim> objects,
        Optional<Background.Hue> hue,
        Background.Pattern pattern,
        Optional<Boolean> verticalBar) {

    public CaptionClaims {
        objects = List.copyOf(objects);
    }

    /** What a caption says about one object. */
    public record ObjectClaim(
            Optional<ObjectSize> size, Colour colour, Shape shape, Direction direction, Optional<Region> region) {}

    /** The object that the caption names first. */
    public ObjectClaim main() {
        return objects.get(0);
    }
}
