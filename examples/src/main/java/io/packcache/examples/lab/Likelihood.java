package io.packcache.examples.lab;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Negative log-likelihood of true codes, in nats per code, averaged over clips: over all codes, and over those in which
 * an object is seen, since background alone flatters everybody. The first latent frame, which has no history, is left
 * out.
 */
public final class Likelihood {

    private final List<Double> all = new ArrayList<>();
    private final List<Double> object = new ArrayList<>();

    /**
     * Adds one clip.
     *
     * @param scores ln p of the true codes, shape (latent frames, codes)
     * @param objectCells for each latent frame the codes in which an object is seen
     */
    public void add(float[][] scores, List<BitSet> objectCells) {
        double sumAll = 0;
        double sumObject = 0;
        long codes = 0;
        long objectCodes = 0;
        for (int frame = 1; frame < scores.length; frame++) {
            for (int code = 0; code < scores[frame].length; code++) {
                sumAll -= scores[frame][code];
                codes++;
                if (objectCells.get(frame).get(code)) {
                    sumObject -= scores[frame][code];
                    objectCodes++;
                }
            }
        }
        all.add(sumAll / codes);
        object.add(sumObject / objectCodes);
    }

    /** Nats per code, over all codes. */
    public double all() {
        return mean(all);
    }

    /** Nats per code, over codes in which an object is seen. */
    public double object() {
        return mean(object);
    }

    /** Mean difference of {@link #object()} to another run over the same clips, clip by clip. */
    public double objectAgainst(Likelihood other) {
        return mean(differences(other));
    }

    /** Standard error of {@link #objectAgainst}. */
    public double standardErrorAgainst(Likelihood other) {
        List<Double> differences = differences(other);
        double mean = mean(differences);
        double squares = differences.stream()
                .mapToDouble(difference -> (difference - mean) * (difference - mean))
                .sum();
        int clips = differences.size();
        return clips < 2 ? Double.NaN : Math.sqrt(squares / (clips - 1) / clips);
    }

    private List<Double> differences(Likelihood other) {
        List<Double> differences = new ArrayList<>();
        for (int clip = 0; clip < object.size(); clip++) {
            differences.add(object.get(clip) - other.object.get(clip));
        }
        return differences;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
