package io.packcache.kvcache.policy.fold;

import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Token;
import io.packcache.kvcache.policy.score.Cell;
import io.packcache.kvcache.policy.score.Scorer;
import io.packcache.kvcache.policy.share.Contest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Makes of all losers of a frame, and of the token nearest its centre, one slot that stands for them: the mean of their
 * un-rotated keys and of their values, weighted by score and by what each stands for already, at the place of the central
 * token, with a multiplicity that sums theirs. A frame whose central token leaves has no prototype.
 *
 * @param scorer weighs tokens within a frame; negative scores count as 0
 */
public record Prototype(Scorer scorer) implements Reducer {

    @Override
    public Set<Signal> signals() {
        return scorer.signals();
    }

    @Override
    public List<Fold> folds(Contest contest, BitSet kept) {
        Cell cell = contest.cell();
        float[] scores = scorer.scores(cell);
        List<Fold> folds = new ArrayList<>();
        for (int frame = 0; frame < cell.frames(); frame++) {
            int first = cell.first(frame);
            int end = cell.first(frame + 1);
            int[] losers = Arrays.stream(contest.candidates())
                    .filter(token -> token >= first && token < end && !kept.get(token))
                    .toArray();
            if (losers.length > 0 && kept.get(centre(cell, frame))) {
                folds.add(fold(cell, centre(cell, frame), losers, scores));
            }
        }
        return folds;
    }

    /** The token of a frame that lies nearest the centre of the picture; of equally near ones the first. */
    public static int centre(Cell cell, int frame) {
        int width = cell.view().grid().columns() + 1;
        int[] places = cell.places(frame);
        int best = 0;
        double nearest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < places.length; i++) {
            int row = places[i] / width;
            double down = row - (cell.view().grid().rows() - 1) / 2.0;
            double right = places[i] % width - (cell.view().grid().columns() - 1) / 2.0;
            double distance = down * down + right * right;
            if (distance < nearest) {
                nearest = distance;
                best = i;
            }
        }
        return cell.first(frame) + best;
    }

    private static Fold fold(Cell cell, int centre, int[] losers, float[] scores) {
        double[] weights = new double[losers.length + 1];
        List<Token> from = new ArrayList<>();
        double stands = cell.multiplicity(centre);
        weights[0] = stands * Math.max(0, scores[centre]);
        for (int loser : losers) {
            double multiplicity = cell.multiplicity(loser);
            from.add(cell.name(loser));
            weights[from.size()] = multiplicity * Math.max(0, scores[loser]);
            stands += multiplicity;
        }
        float[] shares = shares(weights);
        Token into = cell.name(centre);
        return new Fold(cell.layer(), cell.head(), into, from, shares, shares.clone(), (float) stands);
    }

    /** Weights as shares of 1; equal if nothing weighs anything. */
    private static float[] shares(double[] weights) {
        double sum = Arrays.stream(weights).sum();
        float[] shares = new float[weights.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = (float) (sum > 0 ? weights[i] / sum : 1.0 / shares.length);
        }
        return shares;
    }
}
