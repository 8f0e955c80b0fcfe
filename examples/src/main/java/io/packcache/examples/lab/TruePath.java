package io.packcache.examples.lab;

import io.packcache.examples.world.ClipJudge;
import io.packcache.examples.world.Colour;
import io.packcache.examples.world.Geometry;
import io.packcache.examples.world.ObjectSpec;
import io.packcache.examples.world.Point;
import io.packcache.examples.world.Shape;
import io.packcache.stream.frame.VideoFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Generated pictures that continue the first picture of a clip, against how it truly goes on. */
final class TruePath {

    private static final double NEAR = 8;
    private static final int SOON = 4;
    private static final int END = 12;

    private final HeldOutClip truth;
    private final Sightings sightings;
    private final List<byte[]> pictures;
    private final ClipJudge judge;
    private final List<List<Point>> places = new ArrayList<>(); // by object and picture, null where not seen

    private TruePath(HeldOutClip truth, Sightings sightings, List<VideoFrame> pictures) {
        this.truth = truth;
        this.sightings = sightings;
        this.pictures = pictures.stream().map(VideoFrame::rgb).toList();
        this.judge = new ClipJudge(truth.scene().geometry());
    }

    /** Notes a clip. */
    static void measure(HeldOutClip truth, Sightings sightings, List<VideoFrame> pictures, int clip, Scores into) {
        TruePath path = new TruePath(truth, sightings, pictures);
        path.objects(clip, into);
        path.places(clip, into);
        path.returns(clip, into);
        into.put(clip, Measure.COUNT, path.count());
        into.put(clip, Measure.BRIGHTNESS, path.brightness());
    }

    private void objects(int clip, Scores into) {
        Mean shapes = new Mean();
        for (int object = 0; object < truth.scene().objects().size(); object++) {
            ObjectSpec spec = truth.scene().objects().get(object);
            places.add(judge.judge(pictures, spec.colour()).places());
            List<byte[]> inFullView = inFullView(object);
            if (!inFullView.isEmpty()) {
                Optional<Shape> shape = judge.judge(inFullView, spec.colour()).shape();
                shapes.add(0, shape.equals(Optional.of(spec.shape())) ? 1 : 0);
            }
        }
        into.put(clip, Measure.SHAPE, shapes.first());
    }

    /** Those pictures that should show all of an object: its outline is read from them alone. */
    private List<byte[]> inFullView(int object) {
        return IntStream.range(0, Math.min(pictures.size(), Geometry.PICTURES))
                .filter(picture -> sightings.full(object, picture))
                .mapToObj(pictures::get)
                .toList();
    }

    private void places(int clip, Scores into) {
        Mean inPlace = new Mean();
        Mean seen = new Mean();
        Mean error = new Mean();
        Mean unsteady = new Mean();
        for (int object = 0; object < places.size(); object++) {
            for (int picture = 1; picture < pictures.size(); picture++) {
                if (!sightings.full(object, picture)) {
                    continue;
                }
                Point deviation = deviation(object, picture);
                boolean near = near(object, picture);
                inPlace.add(0, near ? 1 : 0);
                into.curve(Scores.Curve.IN_PLACE).add(picture, near ? 1 : 0);
                seen.add(0, deviation == null ? 0 : 1);
                if (deviation != null) {
                    error.add(0, Math.hypot(deviation.x(), deviation.y()));
                }
                unsteady(object, picture, unsteady);
            }
        }
        into.put(clip, Measure.IN_PLACE, inPlace.first());
        into.put(clip, Measure.COLOUR, seen.first());
        into.put(clip, Measure.POSITION, error.first());
        into.put(clip, Measure.UNSTEADINESS, unsteady.first());
    }

    private void unsteady(int object, int picture, Mean unsteady) {
        boolean middle = picture + 1 < pictures.size()
                && sightings.full(object, picture - 1)
                && sightings.full(object, picture + 1);
        Point before = middle ? deviation(object, picture - 1) : null;
        Point now = middle ? deviation(object, picture) : null;
        Point after = middle ? deviation(object, picture + 1) : null;
        if (before != null && now != null && after != null) {
            double x = after.x() - 2 * now.x() + before.x();
            double y = after.y() - 2 * now.y() + before.y();
            unsteady.add(0, Math.hypot(x, y));
        }
    }

    private void returns(int clip, Scores into) {
        Mean soon = new Mean();
        Mean late = new Mean();
        for (Sightings.Return back : sightings.returns()) {
            (back.lost() <= SOON ? soon : late).add(0, near(back.object(), back.full()) ? 1 : 0);
        }
        into.put(clip, Measure.BACK_SOON, soon.first());
        into.put(clip, Measure.BACK_LATE, late.first());
    }

    private boolean near(int object, int picture) {
        Point deviation = deviation(object, picture);
        return deviation != null && Math.hypot(deviation.x(), deviation.y()) <= NEAR;
    }

    /** Null where the object is not seen. */
    private Point deviation(int object, int picture) {
        Point seen = places.get(object).get(picture);
        Point real = truth.scene().centre(object, picture);
        return seen == null ? null : new Point(seen.x() - real.x(), seen.y() - real.y());
    }

    private double count() {
        Mean right = new Mean();
        for (int picture = 1; picture < pictures.size(); picture++) {
            if (sightings.allFull(picture)) {
                byte[] rgb = pictures.get(picture);
                long colours = Arrays.stream(Colour.values())
                        .filter(colour -> judge.sees(rgb, colour))
                        .count();
                right.add(0, colours == sightings.objects() ? 1 : 0);
            }
        }
        return right.first();
    }

    private double brightness() {
        int from = Math.max(0, Math.min(pictures.size(), Geometry.PICTURES) - END);
        double made = 0;
        double real = 0;
        for (int picture = from; picture < from + END && picture < pictures.size(); picture++) {
            made += brightness(pictures.get(picture));
            real += brightness(truth.pictures().get(picture).rgb());
        }
        return made / real - 1;
    }

    /** Mean of all channels of a picture, 0 to 255. */
    static double brightness(byte[] rgb) {
        long sum = 0;
        for (byte channel : rgb) {
            sum += channel & 0xff;
        }
        return (double) sum / rgb.length;
    }
}
