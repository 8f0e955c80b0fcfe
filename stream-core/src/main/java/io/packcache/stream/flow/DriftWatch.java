package io.packcache.stream.flow;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Compares the running means of one epoch with those of its beginning. Pure arithmetic. */
final class DriftWatch {

    private static final Map<Drift.Measure, ToDoubleFunction<PictureStatistics>> VALUES = Map.of(
            Drift.Measure.BRIGHTNESS, PictureStatistics::brightness,
            Drift.Measure.SATURATION, PictureStatistics::saturation,
            Drift.Measure.SHARPNESS, PictureStatistics::sharpness,
            Drift.Measure.MOTION, PictureStatistics::motion,
            Drift.Measure.SEAM, PictureStatistics::seam);

    /** Back within this share of its limit, a measure may cross it again. */
    private static final double BACK = 0.8;

    private static final double TINY = 1e-6;

    /** Motion below this is as good as none: a still scene that comes alive has not drifted. */
    private static final double STILL = 0.005;

    private final DriftSettings settings;
    private final Map<Drift.Measure, Double> reference = new EnumMap<>(Drift.Measure.class);
    private final Map<Drift.Measure, Double> mean = new EnumMap<>(Drift.Measure.class);
    private final Set<Drift.Measure> beyond = EnumSet.noneOf(Drift.Measure.class);
    private long pictures;

    DriftWatch(DriftSettings settings) {
        this.settings = settings;
    }

    /** Begins an epoch. */
    void begin() {
        pictures = 0;
        beyond.clear();
    }

    /** Takes in a picture and answers with the measures that it took beyond their limits, most often none. */
    Set<Drift.Measure> add(PictureStatistics picture) {
        Set<Drift.Measure> crossed = EnumSet.noneOf(Drift.Measure.class);
        pictures++;
        boolean gathering = pictures <= settings.reference();
        VALUES.forEach((measure, of) -> {
            double value = of.applyAsDouble(picture);
            if (gathering) {
                double before = pictures == 1 ? value : reference(measure);
                reference.put(measure, before + (value - before) / pictures);
                mean.put(measure, reference(measure));
            } else {
                mean.put(measure, mean(measure) + (value - mean(measure)) / settings.window());
                if (crosses(measure)) {
                    crossed.add(measure);
                }
            }
        });
        return crossed;
    }

    double mean(Drift.Measure measure) {
        return mean.get(measure);
    }

    double reference(Drift.Measure measure) {
        return reference.get(measure);
    }

    private boolean crosses(Drift.Measure measure) {
        double excess = excess(measure, mean(measure), reference(measure));
        if (excess <= BACK) {
            beyond.remove(measure);
        }
        return excess > 1 && beyond.add(measure);
    }

    /** How far a mean is from its reference, as a share of the limit; 0 where there is none. */
    private double excess(Drift.Measure measure, double now, double then) {
        return switch (measure) {
            case BRIGHTNESS -> share(Math.abs(now - then), settings.brightness());
            case SATURATION -> share(Math.abs(now - then), settings.saturation());
            case SHARPNESS -> share(Math.abs(now - then) / (then + TINY), settings.sharpness());
            case MOTION -> share(factor(now, then) - 1, settings.motion() - 1);
            case SEAM -> share(now - 1, settings.seam() - 1);
        };
    }

    private static double share(double distance, double limit) {
        return limit <= 0 ? 0 : distance / limit;
    }

    private static double factor(double a, double b) {
        return (Math.max(a, b) + STILL) / (Math.min(a, b) + STILL);
    }
}
