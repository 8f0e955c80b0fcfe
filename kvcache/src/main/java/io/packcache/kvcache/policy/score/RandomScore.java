package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.Signal;
import java.util.Set;

/**
 * A number drawn from a token's name: the same token has the same number in every layer and head and at every time.
 *
 * @param seed another seed, other numbers
 */
public record RandomScore(int seed) implements Scorer {

    @Override
    public Set<Signal> signals() {
        return Set.of();
    }

    @Override
    public float[] scores(Cell cell) {
        float[] scores = new float[cell.tokens()];
        for (int token = 0; token < scores.length; token++) {
            long name =
                    cell.frame(cell.frameOf(token)).frame() * cell.view().grid().contentLength() + cell.place(token);
            scores[token] = (mixed(mixed(seed) + name) >>> (Long.SIZE - 24)) / (float) (1 << 24);
        }
        return scores;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014), after a step of its counter. */
    private static long mixed(long counter) {
        long z = counter + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
