package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClipJudgeTest {
    private static final int CLIPS = 200;

    private final ClipJudge judge = new ClipJudge();

    @Test
    void agreesWithTheTruthOfDrawnClips() {
        World world = new World(WorldOptions.oneObject(), Split.HELD_OUT);
        int right = 0;
        for (long seed = 0; seed < CLIPS; seed++) {
            Clip clip = world.clip(seed);
            right += agrees(judge.judge(clip), clip.scene().main()) ? 1 : 0;
        }
        assertThat(right).isGreaterThanOrEqualTo(CLIPS * 99 / 100);
    }

    @Test
    void findsNothingInEmptyPictures() {
        Judgement judgement = judge.judge(Collections.nCopies(Geometry.PICTURES, new byte[Clip.PICTURE_BYTES]));
        assertThat(judgement.colour()).isEmpty();
        assertThat(judgement.presentLast()).isFalse();
        assertThat(judgement.presentAlways()).isFalse();
    }

    private static boolean agrees(Judgement judgement, ObjectSpec truth) {
        for (int picture = 0; picture < Geometry.PICTURES; picture++) {
            Point place = judgement.places().get(picture);
            Point centre = truth.centre(picture);
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
