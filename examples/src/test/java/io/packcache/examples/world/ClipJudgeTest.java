package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClipJudgeTest {
    private static final int CLIPS = 200;

    private final ClipJudge judge = new ClipJudge(Geometry.SMALL);

    @Test
    void agreesWithTheTruthOfDrawnClips() {
        World world = new World(WorldOptions.oneObject(), Split.HELD_OUT);
        int right = 0;
        for (long seed = 0; seed < CLIPS; seed++) {
            Clip clip = world.clip(seed);
            right += agrees(judge.judge(clip), clip.scene().main(), Geometry.SMALL) ? 1 : 0;
        }
        assertThat(right).isGreaterThanOrEqualTo(CLIPS * 99 / 100);
    }

    @Test
    void eachOfSeveralObjectsIsFoundByItsColour() {
        WorldOptions options = new WorldOptions(Geometry.LARGE, 0.25, 0.4, 1, 1, 0);
        World world = new World(options, Split.HELD_OUT);
        ClipJudge large = new ClipJudge(Geometry.LARGE);
        int objects = 0;
        int right = 0;
        for (long seed = 0; seed < 12; seed++) {
            Clip clip = world.clip(seed);
            List<byte[]> pictures = IntStream.range(0, Geometry.PICTURES)
                    .mapToObj(clip::picture)
                    .toList();
            for (ObjectSpec object : clip.scene().objects()) {
                Judgement found = large.judge(pictures, object.colour());
                objects++;
                right += found.shape().equals(Optional.of(object.shape()))
                                && found.direction().equals(Optional.of(object.direction()))
                        ? 1
                        : 0;
            }
        }
        assertThat(objects).isEqualTo(36);
        assertThat(right).isGreaterThanOrEqualTo(34);
    }

    @Test
    void findsNothingInEmptyPictures() {
        Judgement judgement =
                judge.judge(Collections.nCopies(Geometry.PICTURES, new byte[Geometry.SMALL.pictureBytes()]));
        assertThat(judgement.colour()).isEmpty();
        assertThat(judgement.presentLast()).isFalse();
    }

    private static boolean agrees(Judgement judgement, ObjectSpec truth, Geometry field) {
        for (int picture = 0; picture < Geometry.PICTURES; picture++) {
            Point place = judgement.places().get(picture);
            Point centre = truth.centre(field, picture);
            if (place == null || Math.hypot(place.x() - centre.x(), place.y() - centre.y()) > 1.5) {
                return false;
            }
        }
        return judgement.colour().equals(Optional.of(truth.colour()))
                && judgement.shape().equals(Optional.of(truth.shape()))
                && judgement.size().equals(Optional.of(truth.size()))
                && judgement.direction().equals(Optional.of(truth.direction()));
    }
}
