package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ClipRendererTest {
    private static final long TRAINED_ON = 0xEEE8B096L;
    private static final long HELD_OUT = 0xB9AE12DAL;
    private static final Background BLACK = new Background(Background.Hue.BLACK, Background.Pattern.PLAIN, 0);

    @Test
    void sameSeedDrawsTheSameClip() {
        World world = new World(WorldOptions.full(), Split.TRAINING);
        for (long seed = 0; seed < 10; seed++) {
            assertThat(world.clip(seed).pixels()).isEqualTo(world.clip(seed).pixels());
        }
    }

    @Test
    void theClipsThatTheShippedModelWasTrainedOnAreStillDrawn() {
        assertThat(checksum(Split.TRAINING)).isEqualTo(TRAINED_ON);
        assertThat(checksum(Split.HELD_OUT)).isEqualTo(HELD_OUT);
    }

    private static long checksum(Split split) {
        World world = new World(WorldOptions.oneObject(), split);
        CRC32 sum = new CRC32();
        for (long seed = 0; seed < 40; seed++) {
            Clip clip = world.clip(seed);
            sum.update(clip.pixels());
            sum.update(String.join("|", clip.captions()).getBytes(StandardCharsets.UTF_8));
        }
        return sum.getValue();
    }

    @Test
    void texturesRepeatInEveryCellOfTheTokenizer() {
        for (Background.Pattern pattern : Background.Pattern.values()) {
            Background background = new Background(Background.Hue.NAVY, pattern, 1);
            for (int i = 0; i < 64 && pattern != Background.Pattern.GRADED; i++) {
                assertThat(background.pixel(i % 8, i / 8, 128))
                        .isEqualTo(background.pixel(40 + i % 8, 72 + i / 8, 128));
            }
        }
    }

    @Test
    void objectIsDrawnAtItsCentreAndNowhereElse() {
        ObjectSpec object = new ObjectSpec(Shape.SQUARE, Colour.WHITE, ObjectSize.SMALL, Direction.RIGHT, 20, 28);
        byte[] picture = ClipRenderer.picture(new Scene(Geometry.SMALL, BLACK, List.of(object), Optional.empty()), 4);
        assertThat(red(picture, 28, 28)).isEqualTo(245);
        assertThat(red(picture, 16, 28)).isEqualTo(12);
        assertThat(red(picture, 28, 44)).isEqualTo(12);
    }

    @Test
    void barHidesWhatPassesBehindIt() {
        ObjectSpec object = new ObjectSpec(Shape.CIRCLE, Colour.CYAN, ObjectSize.SMALL, Direction.RIGHT, 20, 28);
        Scene scene = new Scene(Geometry.SMALL, BLACK, List.of(object), Optional.of(new Bar(true, 24, 8)));
        assertThat(red(ClipRenderer.picture(scene, 4), 28, 28)).isEqualTo((int) Bar.RGB.red());
        assertThat(Visibility.share(scene, 0, 4)).isBetween(0.3, 0.6);
        assertThat(Visibility.share(scene, 0, 16)).isEqualTo(1);
    }

    private static int red(byte[] picture, int x, int y) {
        return picture[3 * (y * Geometry.SMALL.side() + x)] & 0xff;
    }
}
