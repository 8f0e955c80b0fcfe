package io.packcache.examples.lab;

import io.packcache.examples.world.Clip;
import io.packcache.examples.world.Geometry;
import io.packcache.examples.world.Point;
import io.packcache.examples.world.Rgb;
import io.packcache.examples.world.Scene;
import io.packcache.examples.world.Split;
import io.packcache.examples.world.Visibility;
import io.packcache.examples.world.World;
import io.packcache.examples.world.WorldOptions;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A clip that no training has seen, with one of its captions.
 *
 * @param caption a caption that fits
 * @param scene the truth
 * @param pictures its pictures, unpooled
 */
public record HeldOutClip(String caption, Scene scene, List<VideoFrame> pictures) {

    private static final int VISIBLE_DIFFERENCE = 24;

    /** Clip {@code number} of the held-out part of a world. */
    public static HeldOutClip of(WorldOptions world, int number) {
        Clip clip = new World(world, Split.HELD_OUT).clip(number);
        int side = world.geometry().side();
        List<VideoFrame> pictures = new ArrayList<>();
        TimeBase timeBase = TimeBase.ofFramesPerSecond(Geometry.RATE);
        for (int i = 0; i < Geometry.PICTURES; i++) {
            pictures.add(VideoFrame.unpooled(side, side, i, timeBase, clip.picture(i)));
        }
        List<String> captions = clip.captions();
        return new HeldOutClip(captions.get(number % captions.size()), clip.scene(), pictures);
    }

    /**
     * The cells of a latent frame in which a part of one object is seen.
     *
     * @param latentFrame from 0
     * @param cell pixels on a side of a cell
     */
    public BitSet objectCells(int object, int latentFrame, int cell) {
        BitSet cells = new BitSet();
        int side = scene.geometry().side();
        int radius = scene.geometry().radius(scene.objects().get(object).size());
        int first = Math.max(0, 1 + (latentFrame - 1) * Geometry.PICTURES_PER_LATENT);
        for (int picture = first; picture <= latentFrame * Geometry.PICTURES_PER_LATENT; picture++) {
            Point centre = scene.centre(object, picture);
            for (int y = (int) centre.y() - radius; y < centre.y() + radius; y++) {
                for (int x = (int) centre.x() - radius; x < centre.x() + radius; x++) {
                    if (Visibility.seen(scene, object, picture, x, y)) {
                        cells.set(y / cell * (side / cell) + x / cell);
                    }
                }
            }
        }
        return cells;
    }

    /**
     * The cells of a latent frame in which something other than the background and the bar is seen.
     *
     * @param latentFrame from 0
     * @param cell pixels on a side of a cell
     */
    public BitSet objectCells(int latentFrame, int cell) {
        BitSet cells = new BitSet();
        int side = scene.geometry().side();
        int first = Math.max(0, 1 + (latentFrame - 1) * Geometry.PICTURES_PER_LATENT);
        for (VideoFrame picture : pictures.subList(first, 1 + latentFrame * Geometry.PICTURES_PER_LATENT)) {
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    if (scene.bar().isPresent() && scene.bar().get().covers(x, y)) {
                        continue;
                    }
                    Rgb background = scene.background().pixel(x, y, side);
                    if (differs(picture.rgb(), 3 * (y * side + x), background)) {
                        cells.set(y / cell * (side / cell) + x / cell);
                    }
                }
            }
        }
        return cells;
    }

    private static boolean differs(byte[] rgb, int at, Rgb background) {
        return Math.abs((rgb[at] & 0xff) - background.red()) > VISIBLE_DIFFERENCE
                || Math.abs((rgb[at + 1] & 0xff) - background.green()) > VISIBLE_DIFFERENCE
                || Math.abs((rgb[at + 2] & 0xff) - background.blue()) > VISIBLE_DIFFERENCE;
    }
}
