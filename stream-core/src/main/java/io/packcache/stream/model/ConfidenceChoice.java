package io.packcache.stream.model;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Chooses which drawn codes stay: the least confident ones become unknown again. Allocates nothing to speak of. */
final class ConfidenceChoice {

    private static final double LEAST_PROBABILITY = 1e-20;

    private final double[] scores;
    private final double[] sorted;

    ConfidenceChoice(int codes) {
        this.scores = new double[codes];
        this.sorted = new double[codes];
    }

    /**
     * Takes drawn codes over into the known ones, all but the {@code lowest} with the smallest score
     * {@code ln p + temperature * Gumbel}. Equal scores at the cut all stay.
     *
     * @param lowest how many become unknown again; 0 for none
     * @param known codes of the frame, negative where unknown; updated
     */
    void keep(
            int[] known, int[] drawn, float[] probabilities, int lowest, double temperature, SplittableRandom random) {
        for (int i = 0; i < scores.length; i++) {
            double noise = temperature == 0 ? 0 : temperature * gumbel(random);
            double confidence = Math.log(Math.max(probabilities[i], LEAST_PROBABILITY));
            scores[i] = known[i] >= 0 ? Double.POSITIVE_INFINITY : confidence + noise;
        }
        double cut = Double.NEGATIVE_INFINITY;
        if (lowest > 0) {
            System.arraycopy(scores, 0, sorted, 0, sorted.length);
            Arrays.sort(sorted);
            cut = sorted[Math.min(lowest, sorted.length - 1)];
        }
        for (int i = 0; i < scores.length; i++) {
            if (known[i] < 0 && scores[i] >= cut) {
                known[i] = drawn[i];
            }
        }
    }

    private static double gumbel(SplittableRandom random) {
        double uniform = Math.max(random.nextDouble(), LEAST_PROBABILITY);
        return -Math.log(Math.max(-Math.log(uniform), LEAST_PROBABILITY));
    }
}
