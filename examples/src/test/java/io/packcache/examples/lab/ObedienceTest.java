package io.packcache.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.examples.world.Geometry;
import io.packcache.examples.world.WorldOptions;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Drawn clips obey their captions; spoiled ones must be seen to disobey. */
class ObedienceTest {

    private static final int CLIPS = 30;

    @Test
    void drawnClipsObeyInEverything() {
        Obedience obedience = judged((clip, pictures) -> pictures);

        assertThat(obedience.colour()).isEqualTo(new Share(CLIPS, CLIPS));
        assertThat(obedience.direction()).isEqualTo(new Share(CLIPS, CLIPS));
        assertThat(obedience.shape()).isEqualTo(new Share(CLIPS, CLIPS));
        assertThat(obedience.lastPicture()).isEqualTo(new Share(CLIPS, CLIPS));
        assertThat(obedience.size().count()).isEqualTo(obedience.size().of()).isPositive();
    }

    @Test
    void clipsPlayedBackwardsMoveInTheWrongDirection() {
        Obedience obedience = judged((clip, pictures) -> {
            List<VideoFrame> first = new ArrayList<>(pictures.subList(0, 13));
            Collections.reverse(first);
            return first;
        });

        assertThat(obedience.direction().count()).isZero();
        assertThat(obedience.colour()).isEqualTo(new Share(CLIPS, CLIPS));
    }

    @Test
    void anObjectThatLeavesIsMissedAtTheEnd() {
        Obedience obedience = judged((clip, pictures) -> {
            List<VideoFrame> left = new ArrayList<>(pictures);
            left.set(left.size() - 1, black(left.size() - 1));
            return left;
        });

        assertThat(obedience.lastPicture().count()).isZero();
        assertThat(obedience.colour()).isEqualTo(new Share(CLIPS, CLIPS));
    }

    @Test
    void eachOfSeveralObjectsIsJudgedByItself() {
        Obedience obedience = new Obedience(Geometry.LARGE);
        int objects = 0;
        for (int number = 0; number < 12; number++) {
            HeldOutClip clip = HeldOutClip.of(WorldOptions.large(), number);
            objects += clip.scene().objects().size();
            obedience.add(clip.caption(), clip.pictures());
        }
        assertThat(obedience.colour().of()).isEqualTo(objects).isGreaterThan(18);
        assertThat(obedience.obeyed().value()).isGreaterThan(0.85);
    }

    @Test
    void emptyPicturesObeyInNothing() {
        Obedience obedience = judged((clip, pictures) ->
                pictures.stream().map(picture -> black((int) picture.pts())).toList());

        assertThat(obedience.colour().count()).isZero();
        assertThat(obedience.shape().count()).isZero();
        assertThat(obedience.direction().count()).isZero();
        assertThat(obedience.lastPicture().count()).isZero();
    }

    @Test
    void theIntervalOfAShareHoldsItAndNarrowsWithClips() {
        Share few = new Share(9, 10);
        Share many = new Share(900, 1000);

        assertThat(few.low()).isCloseTo(0.596, Offset.offset(0.001));
        assertThat(few.high()).isCloseTo(0.982, Offset.offset(0.001));
        assertThat(many.high() - many.low()).isLessThan((few.high() - few.low()) / 5);
    }

    private interface Spoiler {
        List<VideoFrame> spoil(HeldOutClip clip, List<VideoFrame> pictures);
    }

    private static Obedience judged(Spoiler spoiler) {
        Obedience obedience = new Obedience(Geometry.SMALL);
        for (int number = 0; number < CLIPS; number++) {
            HeldOutClip clip = HeldOutClip.of(WorldOptions.oneObject(), number);
            obedience.add(clip.caption(), spoiler.spoil(clip, clip.pictures()));
        }
        return obedience;
    }

    private static VideoFrame black(int pts) {
        return VideoFrame.unpooled(64, 64, pts, TimeBase.ofFramesPerSecond(12), new byte[64 * 64 * 3]);
    }
}
