package io.packcache.stream.flow;

import io.packcache.stream.frame.Steering;

/**
 * A stream went beyond a limit of its {@link DriftSettings}. Told once for each measure, until it has come back to four
 * fifths of the limit or another epoch has begun.
 *
 * @param measure that went beyond
 * @param value its running mean now
 * @param reference its mean over the beginning of the epoch
 * @param latentFrame that crossed the limit
 * @param pts of the picture that did
 * @param steering of the session: {@link Steering#reanchor} is what a drift is best answered with
 */
public record Drift(Measure measure, double value, double reference, long latentFrame, long pts, Steering steering) {

    /** What is watched, see {@link PictureStatistics}. */
    public enum Measure {
        BRIGHTNESS,
        SATURATION,
        SHARPNESS,
        MOTION,
        SEAM
    }
}
