package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Writes captions.
 *
 * <pre>
 * caption    = object { "and" object } [ "on a" [ pattern ] hue "background" ] [ "behind a" ( "vertical" | "horizontal" ) "bar" ]
 * object     = "a" [ size ] colour shape "moves" direction [ "from the" region ]
 * </pre>
 *
 * <p>Every part in brackets is left out at random; every object is named. {@link CaptionParser} reads the same language.
 */
public final class CaptionGrammar {
    private static final double SAY_SIZE = 0.6;
    private static final double SAY_REGION = 0.5;
    private static final double SAY_BACKGROUND = 0.5;
    private static final double SAY_BAR = 0.7;
    private static final String AND = " and ";

    private CaptionGrammar() {}

    /** The shortest caption: every object's colour, shape and direction. */
    public static String bare(Scene scene) {
        return scene.objects().stream()
                .map(object -> object(scene, object, false, false))
                .collect(Collectors.joining(AND));
    }

    /** A caption with some of the optional parts. */
    public static String write(Scene scene, RandomGenerator random) {
        StringBuilder caption = new StringBuilder();
        for (ObjectSpec object : scene.objects()) {
            caption.append(caption.isEmpty() ? "" : AND).append(object(scene, object, random));
        }
        if (random.nextDouble() < SAY_BACKGROUND) {
            String pattern = scene.background().pattern().word();
            caption.append(pattern.isEmpty() ? " on a " : " on a " + pattern + " ")
                    .append(scene.background().hue().word())
                    .append(" background");
        }
        if (scene.bar().isPresent() && random.nextDouble() < SAY_BAR) {
            caption.append(" behind a ").append(scene.bar().get().word()).append(" bar");
        }
        return caption.toString();
    }

    /** Every word the grammar can write, in a fixed order. */
    public static List<String> vocabulary() {
        Set<String> words = new LinkedHashSet<>(List.of("a", "moves", "from", "the", "on", "background"));
        for (Colour colour : Colour.values()) {
            words.add(colour.word());
        }
        for (Shape shape : Shape.values()) {
            words.add(shape.word());
        }
        for (ObjectSize size : ObjectSize.values()) {
            words.add(size.word());
        }
        for (Direction direction : Direction.values()) {
            words.addAll(Arrays.asList(direction.words().split(" ")));
        }
        for (Region region : Region.values()) {
            words.addAll(Arrays.asList(region.words().split(" ")));
        }
        for (Background.Hue hue : Background.Hue.values()) {
            words.add(hue.name().toLowerCase(Locale.ROOT));
        }
        words.addAll(List.of("graded", "and", "behind", "vertical", "horizontal", "bar"));
        words.addAll(List.of("dotted", "striped", "checked"));
        return new ArrayList<>(words);
    }

    private static String object(Scene scene, ObjectSpec object, RandomGenerator random) {
        boolean size = random.nextDouble() < SAY_SIZE;
        boolean region = random.nextDouble() < SAY_REGION;
        return object(scene, object, size, region);
    }

    private static String object(Scene scene, ObjectSpec object, boolean size, boolean region) {
        return "a " + (size ? object.size().word() + " " : "") + object.colour().word() + " "
                + object.shape().word() + " moves " + object.direction().words()
                + (region ? " from the " + scene.region(object).words() : "");
    }
}
