package io.packcache.examples.lab;

import io.packcache.examples.world.Geometry;
import io.packcache.examples.world.Scene;
import io.packcache.examples.world.Visibility;
import java.util.ArrayList;
import java.util.List;

/** When each object of a scene can be seen, and when it comes back after it was out of sight. */
final class Sightings {

    /** Share of an object from which on it is in full view. */
    private static final double FULL = 0.9;

    /** Share of an object below which it is out of sight. */
    private static final double LOST = 0.05;

    private final double[][] shares; // objects, pictures

    Sightings(Scene scene) {
        shares = new double[scene.objects().size()][Geometry.PICTURES];
        for (int object = 0; object < shares.length; object++) {
            for (int picture = 0; picture < Geometry.PICTURES; picture++) {
                shares[object][picture] = Visibility.share(scene, object, picture);
            }
        }
    }

    int objects() {
        return shares.length;
    }

    boolean full(int object, int picture) {
        return shares[object][picture] >= FULL;
    }

    boolean allFull(int picture) {
        boolean all = true;
        for (int object = 0; object < shares.length; object++) {
            all &= full(object, picture);
        }
        return all;
    }

    /**
     * An object that was out of sight.
     *
     * @param object its number
     * @param lost pictures out of sight
     * @param seen first picture in which a part of it is seen again
     * @param full first picture in which it is in full view again
     */
    record Return(int object, int lost, int seen, int full) {}

    /** The returns in the clip, those after which the object is in full view before it is lost again. */
    List<Return> returns() {
        List<Return> returns = new ArrayList<>();
        for (int object = 0; object < shares.length; object++) {
            int lost = 0;
            for (int picture = 0; picture < Geometry.PICTURES; picture++) {
                if (shares[object][picture] < LOST) {
                    lost++;
                    continue;
                }
                int full = lost == 0 ? -1 : nextFull(object, picture);
                if (full >= 0) {
                    returns.add(new Return(object, lost, picture, full));
                }
                lost = 0;
            }
        }
        return returns;
    }

    private int nextFull(int object, int from) {
        for (int picture = from; picture < Geometry.PICTURES && shares[object][picture] >= LOST; picture++) {
            if (full(object, picture)) {
                return picture;
            }
        }
        return -1;
    }

    /** Whole latent frames an object was out of sight before the one in which it is seen again. */
    static int lostLatentFrames(Return back) {
        int seen = latent(back.seen());
        int first = back.seen() - back.lost();
        int whole = 0;
        for (int frame = seen - 1; frame > 0 && 1 + (frame - 1) * Geometry.PICTURES_PER_LATENT >= first; frame--) {
            whole++;
        }
        return whole;
    }

    /** The latent frame that holds a picture. */
    static int latent(int picture) {
        return (picture + Geometry.PICTURES_PER_LATENT - 1) / Geometry.PICTURES_PER_LATENT;
    }
}
