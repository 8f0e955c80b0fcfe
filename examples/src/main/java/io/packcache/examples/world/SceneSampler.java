package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Draws the parameters of a scene at random. */
public final class SceneSampler {
    /** Pixels an object travels in its named direction before its first bounce. */
    public static final int FREE_RUN = 24;

    private final WorldOptions options;
    private final Split split;

    public SceneSampler(WorldOptions options, Split split) {
        this.options = options;
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
                pick(Background.Hue.values(), random),
                random.nextDouble() < options.gradedShare(),
                random.nextInt(Background.VARIANTS));
        List<ObjectSpec> objects = new ArrayList<>();
        objects.add(object(random));
        if (random.nextDouble() < options.secondObjectShare()) {
            objects.add(other(objects.get(0), random));
        }
        Optional<Bar> bar = random.nextDouble() < options.barShare() ? Optional.of(bar(random)) : Optional.empty();
        return new Scene(background, objects, bar);
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

    private ObjectSpec other(ObjectSpec first, RandomGenerator random) {
        while (true) {
            ObjectSpec second = object(random);
            int apart =
                    Math.max(Math.abs(second.startX() - first.startX()), Math.abs(second.startY() - first.startY()));
            if (second.colour() != first.colour() && apart >= FREE_RUN) {
                return second;
            }
        }
    }

    private int start(int sign, RandomGenerator random) {
        int low = sign < 0 ? Geometry.NEAR + FREE_RUN : Geometry.NEAR;
        int high = sign > 0 ? Geometry.FAR - FREE_RUN : Geometry.FAR;
        return low + options.lattice() * random.nextInt((high - low) / options.lattice() + 1);
    }

    private static Bar bar(RandomGenerator random) {
        return new Bar(random.nextBoolean(), Bar.WIDTH * (2 + random.nextInt(4)));
    }

    private static <T> T pick(T[] values, RandomGenerator random) {
        return values[random.nextInt(values.length)];
    }
}
