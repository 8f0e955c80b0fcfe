package io.packcache.examples.world;

/**
 * How difficult the drawn scenes are. Shares are from 0 to 1.
 *
 * @param geometry how large pictures and objects are
 * @param gradedShare share of scenes with a graded background
 * @param texturedShare share, of the scenes without a graded background, with a dotted, striped or checked one
 * @param secondObjectShare share of scenes with a second object
 * @param thirdObjectShare share, of the scenes with a second object, with a third one
 * @param barShare share of scenes with a bar
 */
public record WorldOptions(
        Geometry geometry,
        double gradedShare,
        double texturedShare,
        double secondObjectShare,
        double thirdObjectShare,
        double barShare) {

    /** One object before a plain or graded background: what the shipped checkpoint was trained on. */
    public static WorldOptions oneObject() {
        return new WorldOptions(Geometry.SMALL, 0.4, 0, 0, 0, 0);
    }

    /** Small pictures with bars to pass behind and second objects. */
    public static WorldOptions full() {
        return new WorldOptions(Geometry.SMALL, 0.4, 0, 0.2, 0, 0.5);
    }

    /** One object and always a bar, so that most clips have something that must be remembered. */
    public static WorldOptions bars() {
        return new WorldOptions(Geometry.SMALL, 0.4, 0, 0, 0, 1);
    }

    /** Large pictures with up to three objects, textures and bars. */
    public static WorldOptions large() {
        return new WorldOptions(Geometry.LARGE, 0.25, 0.4, 0.6, 0.35, 0.35);
    }

    /**
     * A world by its name.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static WorldOptions named(String name) {
        return switch (name) {
            case "one" -> oneObject();
            case "full" -> full();
            case "bars" -> bars();
            case "large" -> large();
            default ->
                throw new IllegalArgumentException(
                        "there is no world \"" + name + "\"; name one of one, full, bars, large");
        };
    }
}
