package io.packcache.examples.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds an object in pictures alone, without knowing what should be there.
 *
 * <p>Objects are bright and everything behind and before them is dark, so an object is a bright area; where several may be
 * seen, the bright area of one colour. Its colour is the palette colour that most of its pixels are nearest to; shape and size are those of the drawn outline that
 * overlaps it best over the whole clip; the direction is that of its movement over the first {@value #LOOK} pictures,
 * in which a drawn object never bounces.
 */
public final class ClipJudge {
    /** The picture whose distance from the first one tells the direction. */
    public static final int LOOK = 12;

    /** The least such picture, of an object that goes out of sight before. */
    private static final int SHORT_LOOK = 6;

    private static final int BRIGHT = 130;
    private static final int SATURATED = 170;
    private static final int STILL = 6;
    private static final int SAMPLE = 4;

    private final Geometry field;
    private final int leastArea;
    private final List<Outline> outlines;

    /** A judge of pictures of one size. */
    public ClipJudge(Geometry field) {
        this.field = field;
        this.leastArea = field.smallRadius() * field.smallRadius() * 5 / 8;
        this.outlines = Outline.all(field);
    }

    /** Judges pictures of the world's size, 8-bit RGB, in order, that show one object. */
    public Judgement judge(List<byte[]> pictures) {
        return judge(pictures, pictures.stream().map(this::bright).toList());
    }

    /** Judges the object of one colour in pictures that may show others. */
    public Judgement judge(List<byte[]> pictures, Colour colour) {
        List<int[]> areas = new ArrayList<>();
        for (byte[] picture : pictures) {
            areas.add(Arrays.stream(bright(picture))
                    .filter(pixel -> colourOf(picture, pixel) == colour)
                    .toArray());
        }
        return judge(pictures, areas);
    }

    /** Whether a picture shows something of a colour that is large enough for an object. */
    public boolean sees(byte[] picture, Colour colour) {
        return Arrays.stream(bright(picture))
                        .filter(pixel -> brightness(picture, pixel) >= SATURATED && colourOf(picture, pixel) == colour)
                        .count()
                >= leastArea;
    }

    private Judgement judge(List<byte[]> pictures, List<int[]> areas) {
        Map<Colour, Integer> votes = new EnumMap<>(Colour.class);
        double[] fits = new double[outlines.size()];
        boolean found = false;
        for (int i = 0; i < areas.size(); i++) {
            if (areas.get(i).length >= leastArea) {
                found = true;
                vote(pictures.get(i), areas.get(i), votes);
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
        areas.forEach(area -> places.add(area.length >= leastArea ? outline.centre(middle(area)) : null));
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

    private int[] bright(byte[] picture) {
        if (picture.length != field.pictureBytes()) {
            throw new IllegalArgumentException(
                    "a picture must have " + field.pictureBytes() + " bytes, not " + picture.length);
        }
        return IntStream.range(0, field.side() * field.side())
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

    private static Colour colourOf(byte[] picture, int pixel) {
        int at = 3 * pixel;
        return Colour.nearest(value(picture, at), value(picture, at + 1), value(picture, at + 2));
    }

    private static void vote(byte[] picture, int[] area, Map<Colour, Integer> votes) {
        for (int pixel : area) {
            if (brightness(picture, pixel) >= SATURATED) {
                votes.merge(colourOf(picture, pixel), 1, Integer::sum);
            }
        }
    }

    private void addFits(int[] bright, double[] fits) {
        for (int i = 0; i < fits.length; i++) {
            fits[i] += outlines.get(i).bestOverlap(bright, middle(bright));
        }
    }

    private Point middle(int[] bright) {
        double x = 0;
        double y = 0;
        for (int pixel : bright) {
            int row = pixel / field.side();
            x += pixel - row * field.side();
            y += row;
        }
        return new Point(x / bright.length + 0.5, y / bright.length + 0.5);
    }

    private static Optional<Direction> direction(List<Point> places) {
        int last = LOOK;
        while (last > SHORT_LOOK && (places.size() <= last || places.get(last) == null)) {
            last--;
        }
        if (places.size() <= last || places.get(0) == null || places.get(last) == null) {
            return Optional.empty();
        }
        double dx = places.get(last).x() - places.get(0).x();
        double dy = places.get(last).y() - places.get(0).y();
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
