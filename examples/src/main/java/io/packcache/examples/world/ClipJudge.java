package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds one object in pictures alone, without knowing what should be there.
 *
 * <p>Objects are bright and everything behind and before them is dark, so the object is the bright area. Its colour is
 * the palette colour that most of its pixels are nearest to; shape and size are those of the drawn outline that
 * overlaps it best over the whole clip; the direction is that of its movement over the first {@value #LOOK} pictures,
 * in which a drawn object never bounces.
 */
public final class ClipJudge {
    /** The picture whose distance from the first one tells the direction. */
    public static final int LOOK = 12;

    private static final int SIDE = Geometry.SIDE;
    private static final int BRIGHT = 130;
    private static final int SATURATED = 170;
    private static final int LEAST_AREA = 40;
    private static final int STILL = 6;
    private static final int SAMPLE = 4;

    private final List<Outline> outlines = Outline.all();

    /** Judges pictures of 64 x 64 pixels, 8-bit RGB, in order. */
    public Judgement judge(List<byte[]> pictures) {
        List<int[]> areas = pictures.stream().map(ClipJudge::bright).toList();
        Map<Colour, Integer> votes = new EnumMap<>(Colour.class);
        double[] fits = new double[outlines.size()];
        boolean found = false;
        for (int i = 0; i < areas.size(); i++) {
            if (areas.get(i).length >= LEAST_AREA) {
                found = true;
                vote(pictures.get(i), votes);
                if (i % SAMPLE == 0) {
                    addFits(areas.get(i), fits);
                }
            }
        }
        if (!found) {
            List<Point> nowhere = Arrays.asList(new Point[pictures.size()]);
            return new Judgement(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), nowhere);
        }
        Outline outline = outlines.get(largest(fits));
        List<Point> places = new ArrayList<>();
        areas.forEach(area -> places.add(area.length >= LEAST_AREA ? outline.centre(middle(area)) : null));
        return new Judgement(
                most(votes), Optional.of(outline.shape()), Optional.of(outline.size()), direction(places), places);
    }

    /** Judges a drawn clip. */
    public Judgement judge(Clip clip) {
        List<byte[]> pictures = new ArrayList<>();
        for (int i = 0; i < Geometry.PICTURES; i++) {
            pictures.add(clip.picture(i));
        }
        return judge(pictures);
    }

    private static int[] bright(byte[] picture) {
        if (picture.length != Clip.PICTURE_BYTES) {
            throw new IllegalArgumentException(
                    "a picture must have " + Clip.PICTURE_BYTES + " bytes, not " + picture.length);
        }
        return IntStream.range(0, SIDE * SIDE)
                .filter(pixel -> brightness(picture, pixel) >= BRIGHT)
                .toArray();
    }

    private static int brightness(byte[] picture, int pixel) {
        return Math.max(
                value(picture, 3 * pixel), Math.max(value(picture, 3 * pixel + 1), value(picture, 3 * pixel + 2)));
    }

    private static int value(byte[] picture, int at) {
        return picture[at] & 0xff;
    }

    private static void vote(byte[] picture, Map<Colour, Integer> votes) {
        for (int i = 0; i < SIDE * SIDE; i++) {
            if (brightness(picture, i) >= SATURATED) {
                int at = 3 * i;
                Colour colour = Colour.nearest(value(picture, at), value(picture, at + 1), value(picture, at + 2));
                votes.merge(colour, 1, Integer::sum);
            }
        }
    }

    private void addFits(int[] bright, double[] fits) {
        for (int i = 0; i < fits.length; i++) {
            fits[i] += outlines.get(i).bestOverlap(bright, middle(bright));
        }
    }

    private static Point middle(int[] bright) {
        double x = 0;
        double y = 0;
        for (int pixel : bright) {
            int row = pixel / SIDE;
            x += pixel - row * SIDE;
            y += row;
        }
        return new Point(x / bright.length + 0.5, y / bright.length + 0.5);
    }

    private static Optional<Direction> direction(List<Point> places) {
        if (places.size() <= LOOK || places.get(0) == null || places.get(LOOK) == null) {
            return Optional.empty();
        }
        double dx = places.get(LOOK).x() - places.get(0).x();
        double dy = places.get(LOOK).y() - places.get(0).y();
        return Optional.ofNullable(Direction.of(sign(dx), sign(dy)));
    }

    private static int sign(double moved) {
        return Math.abs(moved) <= STILL ? 0 : moved < 0 ? -1 : 1;
    }

    private static int largest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static Optional<Colour> most(Map<Colour, Integer> votes) {
        return votes.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }
}
