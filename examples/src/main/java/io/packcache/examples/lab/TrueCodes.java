package io.packcache.examples.lab;

import java.util.BitSet;

/** Scores of the true codes of one clip, gathered by what a code shows. */
final class TrueCodes {

    private TrueCodes() {}

    /**
     * Notes a clip.
     *
     * @param nats ln p of each true code, shape (latent frames, codes)
     * @param codes the true codes, same shape
     * @param cell pixels on a side of a code
     */
    static void measure(
            float[][] nats, int[][] codes, HeldOutClip truth, Sightings sightings, int cell, int clip, Scores into) {
        Sum all = new Sum();
        Sum moved = new Sum();
        Sum object = new Sum();
        for (int frame = 1; frame < codes.length; frame++) {
            BitSet objects = truth.objectCells(frame, cell);
            for (int code = 0; code < codes[frame].length; code++) {
                double value = -nats[frame][code];
                all.add(value);
                into.curve(Scores.Curve.NATS).add(frame, value);
                if (codes[frame][code] != codes[frame - 1][code]) {
                    moved.add(value);
                    into.curve(Scores.Curve.NATS_MOVED).add(frame, value);
                }
                if (objects.get(code)) {
                    object.add(value);
                }
            }
        }
        into.put(clip, Measure.NATS, all.mean());
        into.put(clip, Measure.NATS_MOVED, moved.mean());
        into.put(clip, Measure.NATS_OBJECT, object.mean());
        returns(nats, truth, sightings, cell, clip, into);
    }

    private static void returns(
            float[][] nats, HeldOutClip truth, Sightings sightings, int cell, int clip, Scores into) {
        Sum one = new Sum();
        Sum more = new Sum();
        for (Sightings.Return back : sightings.returns()) {
            int lost = Sightings.lostLatentFrames(back);
            int frame = Sightings.latent(back.seen());
            if (lost > 0) {
                Sum sum = lost == 1 ? one : more;
                truth.objectCells(back.object(), frame, cell).stream().forEach(code -> sum.add(-nats[frame][code]));
            }
        }
        into.put(clip, Measure.NATS_RETURN_1, one.mean());
        into.put(clip, Measure.NATS_RETURN_2, more.mean());
    }

    private static final class Sum {
        private double sum;
        private long count;

        void add(double value) {
            sum += value;
            count++;
        }

        double mean() {
            return count == 0 ? Double.NaN : sum / count;
        }
    }
}
