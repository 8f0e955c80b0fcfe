package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CompactionPlan;

/**
 * How much of what is not history stays; thinned evenly.
 *
 * @param gammaText text tokens that stay, at least 1; {@link #WHOLE} for all
 * @param gammaCondition content tokens that stay of each conditioning frame, at least 1; {@link #WHOLE} for all
 */
public record Anchors(@Quota int gammaText, @Quota int gammaCondition) {

    /** Quota of an anchor that stays whole. */
    public static final int WHOLE = CompactionPlan.ALL_TEXT;

    public Anchors {
        Limits.require(gammaText >= 1, "gammaText", gammaText, "at least 1 token");
        Limits.require(gammaCondition >= 1, "gammaCondition", gammaCondition, "at least 1 token");
    }

    public Anchors withGammaText(int newGammaText) {
        return new Anchors(newGammaText, gammaCondition);
    }

    public Anchors withGammaCondition(int newGammaCondition) {
        return new Anchors(gammaText, newGammaCondition);
    }
}
