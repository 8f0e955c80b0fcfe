package io.packcache.stream.flow;

import io.packcache.stream.spec.SettingException;

/**
 * When a stream counts as drifting: how far the running mean of a measure may go from its mean over the beginning of the
 * epoch. A limit of 0 is no limit.
 *
 * @param reference pictures whose mean is the reference, at least 1
 * @param window pictures that the running mean covers, roughly, at least 1
 * @param brightness largest difference, 0 to 1
 * @param saturation largest difference, 0 to 1
 * @param sharpness largest change as a share of the reference, at least 0; 0.5 is half as sharp, or half as sharp again
 * @param motion largest change as a factor, either way, 0 or above 1
 * @param seam largest value of the running mean of seams, 0 or above 1
 */
public record DriftSettings(
        int reference, int window, double brightness, double saturation, double sharpness, double motion, double seam) {

    /** Two seconds of reference and of window at 24 pictures a second; limits that a viewer would see. */
    public static final DriftSettings DEFAULTS = new DriftSettings(48, 48, 0.15, 0.15, 0.5, 4, 3);

    public DriftSettings {
        SettingException.requireBetween("reference", reference, 1, Integer.MAX_VALUE);
        SettingException.requireBetween("window", window, 1, Integer.MAX_VALUE);
        require("brightness", brightness, brightness >= 0 && brightness <= 1, "0 to 1");
        require("saturation", saturation, saturation >= 0 && saturation <= 1, "0 to 1");
        require("sharpness", sharpness, sharpness >= 0, "at least 0");
        require("motion", motion, motion == 0 || motion > 1, "0 or above 1");
        require("seam", seam, seam == 0 || seam > 1, "0 or above 1");
    }

    public DriftSettings withReference(int other) {
        return new DriftSettings(other, window, brightness, saturation, sharpness, motion, seam);
    }

    public DriftSettings withWindow(int other) {
        return new DriftSettings(reference, other, brightness, saturation, sharpness, motion, seam);
    }

    public DriftSettings withBrightness(double other) {
        return new DriftSettings(reference, window, other, saturation, sharpness, motion, seam);
    }

    public DriftSettings withSaturation(double other) {
        return new DriftSettings(reference, window, brightness, other, sharpness, motion, seam);
    }

    public DriftSettings withSharpness(double other) {
        return new DriftSettings(reference, window, brightness, saturation, other, motion, seam);
    }

    public DriftSettings withMotion(double other) {
        return new DriftSettings(reference, window, brightness, saturation, sharpness, other, seam);
    }

    public DriftSettings withSeam(double other) {
        return new DriftSettings(reference, window, brightness, saturation, sharpness, motion, other);
    }

    private static void require(String field, double value, boolean holds, String right) {
        if (!holds || !Double.isFinite(value)) {
            throw new SettingException(field, field + " is " + right + ", got " + value);
        }
    }
}
