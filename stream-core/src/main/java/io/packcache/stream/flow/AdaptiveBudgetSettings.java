package io.packcache.stream.flow;

import io.packcache.stream.spec.SettingException;

/**
 * How a cache budget follows real time. Budgets are counted in whole latent frames' worth of content tokens, as
 * {@code historyBudget} of policies is; the policy's own limit stays in force, so it should be at least {@code most}.
 *
 * <p>Between {@code idleBelow} and {@code lateAbove} nothing changes; a change needs several frames in a row that ask for
 * it, and down is faster than up: so the budget settles and does not swing.
 *
 * @param picturesPerSecond the rate to be kept, above 0
 * @param least smallest budget in frames, above 0
 * @param most largest budget in frames, at least {@code least}
 * @param start budget of the first frames, from {@code least} to {@code most}
 * @param lateAbove a frame is late if generating it takes more than this share of the time there is for it; above
 *     {@code idleBelow}, at most 1
 * @param idleBelow a frame leaves time unused if it takes less than this share; above 0
 * @param lateFrames frames in a row that must be late before the budget shrinks, at least 1
 * @param idleFrames frames in a row that must leave time unused before it grows, at least 1
 * @param shrinkTo share that is left of a budget that shrinks, above 0 and below 1
 * @param growBy frames that a budget grows by, above 0
 */
public record AdaptiveBudgetSettings(
        double picturesPerSecond,
        double least,
        double most,
        double start,
        double lateAbove,
        double idleBelow,
        int lateFrames,
        int idleFrames,
        double shrinkTo,
        double growBy) {

    public AdaptiveBudgetSettings {
        require("picturesPerSecond", picturesPerSecond, picturesPerSecond > 0, "above 0 pictures a second");
        require("least", least, least > 0, "above 0 frames");
        require("most", most, most >= least, "at least least, " + least + " frames");
        require("start", start, start >= least && start <= most, "from least to most, " + least + " to " + most);
        require("idleBelow", idleBelow, idleBelow > 0 && idleBelow < 1, "between 0 and 1");
        require("lateAbove", lateAbove, lateAbove > idleBelow && lateAbove <= 1, "above idleBelow and at most 1");
        SettingException.requireBetween("lateFrames", lateFrames, 1, Integer.MAX_VALUE);
        SettingException.requireBetween("idleFrames", idleFrames, 1, Integer.MAX_VALUE);
        require("shrinkTo", shrinkTo, shrinkTo > 0 && shrinkTo < 1, "between 0 and 1");
        require("growBy", growBy, growBy > 0, "above 0 frames");
    }

    /**
     * Keeps a rate with a quarter of a frame to four frames of history, beginning with one: down by a quarter after 2 late
     * frames (over 0.9 of their time), up by a quarter of a frame after 8 with time to spare (under 0.7).
     */
    public static AdaptiveBudgetSettings of(double picturesPerSecond) {
        return new AdaptiveBudgetSettings(picturesPerSecond, 0.25, 4, 1, 0.9, 0.7, 2, 8, 0.75, 0.25);
    }

    public AdaptiveBudgetSettings withPicturesPerSecond(double other) {
        return new AdaptiveBudgetSettings(
                other, least, most, start, lateAbove, idleBelow, lateFrames, idleFrames, shrinkTo, growBy);
    }

    public AdaptiveBudgetSettings withLimits(double newLeast, double newMost) {
        double newStart = Math.max(newLeast, Math.min(newMost, start));
        return new AdaptiveBudgetSettings(
                picturesPerSecond,
                newLeast,
                newMost,
                newStart,
                lateAbove,
                idleBelow,
                lateFrames,
                idleFrames,
                shrinkTo,
                growBy);
    }

    public AdaptiveBudgetSettings withStart(double other) {
        return new AdaptiveBudgetSettings(
                picturesPerSecond, least, most, other, lateAbove, idleBelow, lateFrames, idleFrames, shrinkTo, growBy);
    }

    private static void require(String field, double value, boolean holds, String right) {
        if (!holds || !Double.isFinite(value)) {
            throw new SettingException(field, field + " is " + right + ", got " + value);
        }
    }
}
