package io.packcache.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.examples.world.Background;
import io.packcache.examples.world.Bar;
import io.packcache.examples.world.ClipRenderer;
import io.packcache.examples.world.Colour;
import io.packcache.examples.world.Direction;
import io.packcache.examples.world.Geometry;
import io.packcache.examples.world.ObjectSize;
import io.packcache.examples.world.ObjectSpec;
import io.packcache.examples.world.Point;
import io.packcache.examples.world.Scene;
import io.packcache.examples.world.Shape;
import io.packcache.examples.world.WorldOptions;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The truth measured against itself is right; what is spoiled is seen to be wrong, in the measure of its name. */
class TruthMeasuresTest {

    /** A small circle of radius 8 that goes from x = 12 to 52 in twenty pictures, back, and off again, always at y = 12. */
    private static final ObjectSpec RED = circle(Colour.RED, Direction.RIGHT, 12, 12);

    /** The same the other way round, far below. */
    private static final ObjectSpec BLUE = circle(Colour.BLUE, Direction.LEFT, 52, 52);

    private static final Scene OPEN = scene(Optional.empty(), RED);

    private static final double EXACT = 1e-9;

    /** Of an object in full view a tenth may be hidden at its edge, which shifts the middle of the rest by a ninth of its radius. */
    private static final double SHIFT = Geometry.SMALL.largeRadius() / 9.0;

    @Test
    void theTruthOfTheWorldIsRightInEverything() {
        int clips = 24;
        Scores scores = new Scores(clips);
        for (int clip = 0; clip < clips; clip++) {
            HeldOutClip truth = HeldOutClip.of(WorldOptions.full(), clip);
            TruePath.measure(truth, new Sightings(truth.scene()), truth.pictures(), clip, scores);
        }

        assertThat(scores.mean(Measure.IN_PLACE).mean()).isEqualTo(1);
        assertThat(scores.mean(Measure.COLOUR).mean()).isEqualTo(1);
        assertThat(scores.mean(Measure.POSITION).mean()).isLessThan(SHIFT);
        assertThat(scores.mean(Measure.SHAPE).mean()).isEqualTo(1);
        assertThat(scores.mean(Measure.COUNT).mean()).isEqualTo(1);
        assertThat(scores.mean(Measure.BACK_SOON).mean()).isEqualTo(1);
        assertThat(scores.mean(Measure.BACK_LATE).mean()).isEqualTo(1);
        assertThat(scores.mean(Measure.BRIGHTNESS).mean()).isZero();
    }

    @Test
    void anObjectThatComesTooLateIsAsFarOffAsItIsLate() {
        for (int late : new int[] {3, 6}) {
            Scores scores = measured(
                    OPEN,
                    IntStream.range(0, Geometry.PICTURES)
                            .mapToObj(i -> picture(OPEN, Math.max(0, i - late)))
                            .toList());

            double[] distances = IntStream.range(1, Geometry.PICTURES)
                    .mapToDouble(i -> distance(OPEN.centre(0, i), OPEN.centre(0, Math.max(0, i - late))))
                    .toArray();
            assertThat(value(scores, Measure.POSITION))
                    .isEqualTo(Arrays.stream(distances).average().orElseThrow(), within(EXACT));
            assertThat(value(scores, Measure.IN_PLACE))
                    .isEqualTo(Arrays.stream(distances).filter(d -> d <= 8).count() / 48.0, within(EXACT));
        }
    }

    @Test
    void anObjectThatStandsStillIsInItsPlaceOnlyWhereTheTruthIsNear() {
        Scores scores = measured(OPEN, Collections.nCopies(Geometry.PICTURES, picture(OPEN, 0)));

        // Within 8 pixels of the start, at 2 pixels a picture: pictures 1 to 4, and 36 to 44 of the way back and off
        // again.
        assertThat(value(scores, Measure.IN_PLACE)).isEqualTo((4 + 9) / 48.0, within(EXACT));
        assertThat(value(scores, Measure.COLOUR)).isEqualTo(1);
        assertThat(value(scores, Measure.COUNT)).isEqualTo(1);
    }

    @Test
    void jerkingIsUnsteadyAndTheTruthIsNot() {
        Scores smooth = measured(OPEN, pictures(OPEN));
        Scores jerking = measured(
                OPEN,
                IntStream.range(0, Geometry.PICTURES)
                        .mapToObj(i -> picture(OPEN, i / 2 * 2))
                        .toList());

        assertThat(value(smooth, Measure.UNSTEADINESS)).isZero();
        // Each odd picture lags by 2 pixels, so the second difference is 4, but at the two turns, where the lag changes
        // its side.
        assertThat(value(jerking, Measure.UNSTEADINESS)).isEqualTo(4 * 45 / 47.0, within(EXACT));
    }

    @Test
    void anotherColourIsInNoPlaceButTheNumberIsRight() {
        Scene other = scene(Optional.empty(), circle(Colour.GREEN, Direction.RIGHT, 12, 12));

        Scores scores = measured(OPEN, pictures(other));

        assertThat(value(scores, Measure.COLOUR)).isZero();
        assertThat(value(scores, Measure.IN_PLACE)).isZero();
        assertThat(scores.has(Measure.POSITION)).isFalse();
        assertThat(value(scores, Measure.COUNT)).isEqualTo(1);
    }

    @Test
    void anotherShapeIsInItsPlaceAllTheSame() {
        Scene other = scene(
                Optional.empty(), new ObjectSpec(Shape.SQUARE, Colour.RED, ObjectSize.SMALL, Direction.RIGHT, 12, 12));

        Scores scores = measured(OPEN, pictures(other));

        assertThat(value(scores, Measure.SHAPE)).isZero();
        assertThat(value(scores, Measure.IN_PLACE)).isEqualTo(1);
    }

    @Test
    void ofTwoObjectsOneThatIsMissingIsHalf() {
        Scores scores = measured(scene(Optional.empty(), RED, BLUE), pictures(OPEN));

        assertThat(value(scores, Measure.COUNT)).isZero();
        assertThat(value(scores, Measure.COLOUR)).isEqualTo(0.5);
        assertThat(value(scores, Measure.IN_PLACE)).isEqualTo(0.5);
        assertThat(value(scores, Measure.SHAPE)).isEqualTo(0.5);
    }

    @Test
    void anObjectBehindAWideBarIsLostAndSeenAgainWhereGeometrySays() {
        Scene scene = scene(Optional.of(new Bar(true, 32, 32)), RED);

        // All behind the bar from x = 40 on, picture 14, to picture 26; at x = 38 a slice 2 pixels wide shows, 7 % of
        // the
        // circle. Coming back, that much is still hidden at x = 26, picture 33. Latent frames 5 and 6 are pictures 17
        // to 24.
        assertThat(new Sightings(scene).returns()).containsExactly(new Sightings.Return(0, 13, 27, 33));
        assertThat(Sightings.lostLatentFrames(new Sightings(scene).returns().get(0)))
                .isEqualTo(2);
    }

    @Test
    void whatIsForgottenBehindABarDoesNotComeBack() {
        Scene wide = scene(Optional.of(new Bar(true, 32, 32)), RED);
        Scene narrow = scene(Optional.of(new Bar(true, 32, 16)), RED);
        Scene elsewhere = scene(Optional.of(new Bar(true, 32, 32)), circle(Colour.RED, Direction.RIGHT, 12, 36));

        assertThat(value(measured(wide, pictures(wide)), Measure.BACK_LATE)).isEqualTo(1);
        assertThat(value(measured(wide, pictures(elsewhere)), Measure.BACK_LATE))
                .isZero();
        // Behind the narrow bar only in picture 14, at x = 40, and in picture 26.
        assertThat(value(measured(narrow, pictures(narrow)), Measure.BACK_SOON)).isEqualTo(1);
        assertThat(measured(narrow, pictures(narrow)).has(Measure.BACK_LATE)).isFalse();
    }

    @Test
    void codesAreCountedByWhatTheyShow() {
        HeldOutClip truth = new HeldOutClip("", OPEN, pictures(OPEN));
        int[][] codes = new int[13][64];
        float[][] nats = new float[13][64];
        for (int frame = 0; frame < 13; frame++) {
            codes[frame][40] = frame; // the only code that moves
            Arrays.fill(nats[frame], 0, 24, -1); // three rows of codes, in which the object stays
            Arrays.fill(nats[frame], 24, 64, -7);
            nats[frame][40] = -3;
        }
        nats[0][63] = -1000; // what comes first is never counted
        Scores scores = new Scores(1);

        TrueCodes.measure(nats, codes, truth, new Sightings(truth.scene()), 8, 0, scores);

        assertThat(value(scores, Measure.NATS_MOVED)).isEqualTo(3, within(EXACT));
        assertThat(value(scores, Measure.NATS)).isEqualTo((24 + 39 * 7 + 3) / 64.0, within(EXACT));
        assertThat(scores.curve(Scores.Curve.NATS_MOVED).values().get(1)).isEqualTo(3, within(EXACT));
        assertThat(value(scores, Measure.NATS_OBJECT)).isEqualTo(1, within(EXACT));
    }

    @Test
    void codesOfAnObjectThatComesBackAreCountedByHowLongItWasAway() {
        Scene scene = scene(Optional.of(new Bar(true, 32, 32)), RED);
        float[][] nats = new float[13][64];
        for (int frame = 0; frame < 13; frame++) {
            Arrays.fill(nats[frame], -frame);
        }
        Scores scores = new Scores(1);

        TrueCodes.measure(
                nats, new int[13][64], new HeldOutClip("", scene, pictures(scene)), new Sightings(scene), 8, 0, scores);

        // Seen again in picture 27, which is of latent frame 7.
        assertThat(value(scores, Measure.NATS_RETURN_2)).isEqualTo(7);
        assertThat(scores.has(Measure.NATS_RETURN_1)).isFalse();
    }

    private static ObjectSpec circle(Colour colour, Direction direction, int x, int y) {
        return new ObjectSpec(Shape.CIRCLE, colour, ObjectSize.SMALL, direction, x, y);
    }

    private static Scene scene(Optional<Bar> bar, ObjectSpec... objects) {
        Background black = new Background(Background.Hue.BLACK, Background.Pattern.PLAIN, 0);
        return new Scene(Geometry.SMALL, black, List.of(objects), bar);
    }

    private static VideoFrame picture(Scene scene, int number) {
        int side = scene.geometry().side();
        TimeBase timeBase = TimeBase.ofFramesPerSecond(Geometry.RATE);
        return VideoFrame.unpooled(side, side, number, timeBase, ClipRenderer.picture(scene, number));
    }

    private static List<VideoFrame> pictures(Scene scene) {
        return IntStream.range(0, Geometry.PICTURES)
                .mapToObj(i -> picture(scene, i))
                .toList();
    }

    private static Scores measured(Scene scene, List<VideoFrame> made) {
        Scores scores = new Scores(1);
        HeldOutClip truth = new HeldOutClip("", scene, pictures(scene));
        TruePath.measure(truth, new Sightings(scene), made, 0, scores);
        return scores;
    }

    private static double value(Scores scores, Measure measure) {
        return scores.of(measure)[0];
    }

    private static double distance(Point one, Point other) {
        return Math.hypot(one.x() - other.x(), one.y() - other.y());
    }
}
