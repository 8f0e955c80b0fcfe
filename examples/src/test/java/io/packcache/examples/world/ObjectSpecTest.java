package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ObjectSpecTest {
    private static final Geometry FIELD = Geometry.SMALL;

    @Test
    void movesTwoPixelsAPictureAndTurnsRoundAtTheEdge() {
        ObjectSpec object = new ObjectSpec(Shape.CIRCLE, Colour.RED, ObjectSize.LARGE, Direction.RIGHT, 28, 20);
        assertThat(object.centre(FIELD, 0)).isEqualTo(new Point(28, 20));
        assertThat(object.centre(FIELD, 5)).isEqualTo(new Point(38, 20));
        assertThat(object.centre(FIELD, 12)).isEqualTo(new Point(52, 20));
        assertThat(object.centre(FIELD, 13)).isEqualTo(new Point(50, 20));
    }

    @Test
    void staysInTheFieldAndRunsFreelyAtFirst() {
        SceneSampler sampler = new SceneSampler(WorldOptions.oneObject(), Split.TRAINING);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 500; i++) {
            ObjectSpec object = sampler.next(random).main();
            Point start = object.centre(FIELD, 0);
            Point later = object.centre(FIELD, SceneSampler.FREE_RUN / Geometry.SPEED);
            assertThat(later.x() - start.x())
                    .isEqualTo(SceneSampler.FREE_RUN * object.direction().dx());
            assertThat(later.y() - start.y())
                    .isEqualTo(SceneSampler.FREE_RUN * object.direction().dy());
            for (int picture = 0; picture < Geometry.PICTURES; picture++) {
                assertThat(object.centre(FIELD, picture).x()).isBetween((double) FIELD.near(), (double) FIELD.far());
                assertThat(object.centre(FIELD, picture).y()).isBetween((double) FIELD.near(), (double) FIELD.far());
            }
        }
    }
}
