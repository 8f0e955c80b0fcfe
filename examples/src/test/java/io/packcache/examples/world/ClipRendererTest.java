package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClipRendererTest {
    private static final Background BLACK = new Background(Background.Hue.BLACK, false, 0);

    @Test
    void sameSeedDrawsTheSameClip() {
        World world = new World(WorldOptions.full(), Split.TRAINING);
        for (long seed = 0; seed < 10; seed++) {
            assertThat(world.clip(seed).pixels()).isEqualTo(world.clip(seed).pixels());
        }
    }

    @Test
    void objectIsDrawnAtItsCentreAndNowhereElse() {
        ObjectSpec object = new ObjectSpec(Shape.SQUARE, Colour.WHITE, ObjectSize.SMALL, Direction.RIGHT, 20, 28);
        byte[] picture = ClipRenderer.picture(new Scene(BLACK, List.of(object), Optional.empty()), 4);
        assertThat(red(picture, 28, 28)).isEqualTo(245);
        assertThat(red(picture, 16, 28)).isEqualTo(12);
        assertThat(red(picture, 28, 44)).isEqualTo(12);
    }

    @Test
    void barHidesWhatPassesBehindIt() {
        ObjectSpec object = new ObjectSpec(Shape.CIRCLE, Colour.CYAN, ObjectSize.SMALL, Direction.RIGHT, 20, 28);
        Scene scene = new Scene(BLACK, List.of(object), Optional.of(new Bar(true, 24)));
        assertThat(red(ClipRenderer.picture(scene, 4), 28, 28)).isEqualTo((int) Bar.RGB.red());
        assertThat(Visibility.share(scene, 0, 4)).isBetween(0.3, 0.6);
        assertThat(Visibility.share(scene, 0, 16)).isEqualTo(1);
    }

    private static int red(byte[] picture, int x, int y) {
        return picture[3 * (y * Geometry.SIDE + x)] & 0xff;
    }
}
