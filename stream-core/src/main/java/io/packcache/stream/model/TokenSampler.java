package io.packcache.stream.model;

import java.util.Arrays;

/**
 * Draws one code from the logits of a next-token model: guidance, temperature, then the most likely codes by number (top k)
 * and by probability (top p, arXiv 1904.09751). Allocates nothing.
 */
final class TokenSampler {

    private final SamplingSettings settings;
    private final double[] logits;
    private final double[] sorted;

    TokenSampler(int codes, SamplingSettings settings) {
        this.settings = settings;
        this.logits = new double[codes];
        this.sorted = new double[codes];
    }

    /**
     * Draws a code. Codes as likely as the last one that counts count too.
     *
     * @param guided logits of the guided branch
     * @param unguided logits of the unguided branch, or null
     * @param uniform 0 to less than 1
     */
    int draw(float[] guided, float[] unguided, double uniform) {
        for (int c = 0; c < logits.length; c++) {
            double without = unguided == null ? 0 : unguided[c];
            logits[c] = unguided == null ? guided[c] : without + settings.guidance() * (guided[c] - without);
        }
        int best = best();
        if (!Double.isFinite(logits[best])) {
            throw new ArithmeticException(
                    "the logits contain " + logits[best] + "; the weights or the guidance are wrong");
        }
        if (settings.temperature() == 0) {
            return best;
        }
        double most = logits[best];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = Math.exp((logits[c] - most) / settings.temperature());
        }
        return drawFrom(leastThatCounts(), uniform);
    }

    private int best() {
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            best = logits[c] > logits[best] || Double.isNaN(logits[c]) ? c : best;
        }
        return best;
    }

    /** The weight of the least likely code that may be drawn. */
    private double leastThatCounts() {
        boolean all = settings.topK() == 0 || settings.topK() >= logits.length;
        if (all && settings.topP() == 1) {
            return 0;
        }
        System.arraycopy(logits, 0, sorted, 0, logits.length);
        Arrays.sort(sorted);
        int first = all ? 0 : sorted.length - settings.topK();
        double total = 0;
        for (int i = first; i < sorted.length; i++) {
            total += sorted[i];
        }
        double covered = 0;
        int i = sorted.length;
        while (i > first && covered < settings.topP() * total) {
            covered += sorted[--i];
        }
        return sorted[i];
    }

    private int drawFrom(double least, double uniform) {
        double total = 0;
        for (double weight : logits) {
            total += weight >= least ? weight : 0;
        }
        double threshold = uniform * total;
        double cumulative = 0;
        int drawn = -1;
        for (int c = 0; c < logits.length && cumulative <= threshold; c++) {
            if (logits[c] >= least && logits[c] > 0) {
                cumulative += logits[c];
                drawn = c;
            }
        }
        return drawn;
    }
}
