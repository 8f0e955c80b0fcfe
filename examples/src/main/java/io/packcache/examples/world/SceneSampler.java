package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Draws the parameters of a scene at random. */
public final class SceneSampler {
    /** Pixels an object travels in its named direction before its first bounce. */
    public static final int FREE_RUN = 24;

    private static final int BARS_TRIED = 32;

    private static final Background.Pattern[] TEXTURES = {
        Background.Pattern.DOTTED, Background.Pattern.STRIPED, Background.Pattern.CHECKED
    };

    private final WorldOptions options;
    private final Geometry field;
    private final Split split;

    public SceneSampler(WorldOptions options, Split split) {
        this.options = options;
        this.field = options.geometry();
        this.split = split;
    }

    /** The first drawn scene that belongs to the split. */
    public Scene next(RandomGenerator random) {
        while (true) {
            Scene scene = any(random);
            if (Split.of(scene) == split) {
                return scene;
            }
        }
    }

    private Scene any(RandomGenerator random) {
        Background background = new Background(
                pick(Background.Hue.values(), random), pattern(random), random.nextInt(Background.VARIANTS));
        List<ObjectSpec> objects = new ArrayList<>();
        objects.add(object(random));
        if (random.nextDouble() < options.secondObjectShare()) {
            objects.add(other(objects, random));
            if (chance(options.thirdObjectShare(), random)) {
                objects.add(other(objects, random));
            }
        }
        Optional<Bar> bar = random.nextDouble() < options.barShare() ? bar(objects, random) : Optional.empty();
        return new Scene(field, background, objects, bar);
    }

    private Background.Pattern pattern(RandomGenerator random) {
        if (random.nextDouble() < options.gradedShare()) {
            return Background.Pattern.GRADED;
        }
        return chance(options.texturedShare(), random) ? pick(TEXTURES, random) : Background.Pattern.PLAIN;
    }

    private ObjectSpec object(RandomGenerator random) {
        Direction direction = pick(Direction.values(), random);
        return new ObjectSpec(
                pick(Shape.values(), random),
                pick(Colour.values(), random),
                pick(ObjectSize.values(), random),
                direction,
                start(direction.dx(), random),
                start(direction.dy(), random));
    }

    /** One more object, in a colour of its own, that starts clear of the others. */
    private ObjectSpec other(List<ObjectSpec> objects, RandomGenerator random) {
        while (true) {
            ObjectSpec other = object(random);
            if (objects.stream().allMatch(object -> apart(object, other))) {
                return other;
            }
        }
    }

    private boolean apart(ObjectSpec one, ObjectSpec other) {
        int distance = Math.max(Math.abs(one.startX() - other.startX()), Math.abs(one.startY() - other.startY()));
        return one.colour() != other.colour() && distance >= 2 * field.largeRadius();
    }

    private int start(int sign, RandomGenerator random) {
        int low = sign < 0 ? field.near() + FREE_RUN : field.near();
        int high = sign > 0 ? field.far() - FREE_RUN : field.far();
        return low + Geometry.STEP * random.nextInt((high - low) / Geometry.STEP + 1);
    }

    /** A bar that hides no object in the first picture, so that whatever it hides later has been seen; none if none fits. */
    private Optional<Bar> bar(List<ObjectSpec> objects, RandomGenerator random) {
        for (int attempt = 0; attempt < BARS_TRIED; attempt++) {
            int widths = (field.wideBar() - field.narrowBar()) / Geometry.STEP + 1;
            int width = field.narrowBar() + Geometry.STEP * random.nextInt(widths);
            int places = (field.side() - width) / Geometry.STEP + 1;
            Bar bar = new Bar(random.nextBoolean(), Geometry.STEP * random.nextInt(places), width);
            if (objects.stream().allMatch(object -> clear(bar, object))) {
                return Optional.of(bar);
            }
        }
        return Optional.empty();
    }

    private boolean clear(Bar bar, ObjectSpec object) {
        int across = bar.vertical() ? object.startX() : object.startY();
        int radius = field.radius(object.size());
        return across + radius <= bar.start() || across - radius >= bar.start() + bar.width();
    }

    /** Draws a random number only where there is something to decide, so that simpler worlds stay as they are. */
    private static boolean chance(double share, RandomGenerator random) {
        return share > 0 && random.nextDouble() < share;
    }

    private static <T> T pick(T[] values, RandomGenerator random) {
        return values[random.nextInt(values.length)];
    }
}
