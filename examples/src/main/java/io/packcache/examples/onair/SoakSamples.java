package io.packcache.examples.onair;

import java.util.ArrayList;
import java.util.List;

/**
 * What was seen of a long broadcast, at moments when a picture had just been sent: the memory of the process and how far
 * pictures are from where the clock says they should be. Numbers only; one thread at a time.
 */
public final class SoakSamples {

    /** A process is warm after this share of its time: classes are loaded, code is compiled, pools are filled. */
    private static final double WARM = 0.25;

    private record Sample(double minutes, long residentBytes, double driftPictures) {}

    private final List<Sample> samples = new ArrayList<>();
    private final int fps;
    private long firstNanos;
    private long firstPicture;

    /** Samples of a broadcast of so many pictures a second. */
    public SoakSamples(int fps) {
        this.fps = fps;
    }

    /**
     * Adds a sample.
     *
     * @param nanos of {@link System#nanoTime}, when the picture went out
     * @param picture its number
     */
    public void add(long nanos, long picture, long residentBytes) {
        if (samples.isEmpty()) {
            firstNanos = nanos;
            firstPicture = picture;
        }
        double seconds = (nanos - firstNanos) / 1e9;
        samples.add(new Sample(seconds / 60, residentBytes, picture - firstPicture - seconds * fps));
    }

    /** Samples taken. */
    public int size() {
        return samples.size();
    }

    /** Minutes from the first sample to the last. */
    public double minutes() {
        return samples.isEmpty() ? 0 : samples.get(samples.size() - 1).minutes();
    }

    /** How far the last picture is ahead of the clock, in pictures; negative if it is behind. */
    public double drift() {
        return samples.isEmpty() ? 0 : samples.get(samples.size() - 1).driftPictures();
    }

    /** The farthest that a picture was from the clock, either way, in pictures. */
    public double worstDrift() {
        return samples.stream()
                .mapToDouble(sample -> Math.abs(sample.driftPictures()))
                .max()
                .orElse(0);
    }

    /** Bytes resident at the end. */
    public long residentBytes() {
        return samples.isEmpty() ? 0 : samples.get(samples.size() - 1).residentBytes();
    }

    /**
     * How resident memory grows once warm.
     *
     * @param bytesPerMinute slope of the line of least squares
     * @param standardError of that slope
     */
    public record Growth(double bytesPerMinute, double standardError) {

        /** Whether the slope is no more than chance explains (two standard errors). */
        public boolean isNoise() {
            return bytesPerMinute <= 2 * standardError;
        }
    }

    /** The growth; nothing and no certainty where there are fewer than three warm samples. */
    public Growth growth() {
        double from = WARM * minutes();
        List<Sample> warm =
                samples.stream().filter(sample -> sample.minutes() >= from).toList();
        int n = warm.size();
        if (n < 3) {
            return new Growth(0, Double.POSITIVE_INFINITY);
        }
        double meanX = warm.stream().mapToDouble(Sample::minutes).average().orElseThrow();
        double meanY = warm.stream().mapToLong(Sample::residentBytes).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        for (Sample sample : warm) {
            xx += (sample.minutes() - meanX) * (sample.minutes() - meanX);
            xy += (sample.minutes() - meanX) * (sample.residentBytes() - meanY);
        }
        double slope = xy / xx;
        double rest = 0;
        for (Sample sample : warm) {
            double off = sample.residentBytes() - meanY - slope * (sample.minutes() - meanX);
            rest += off * off;
        }
        return new Growth(slope, Math.sqrt(rest / (n - 2) / xx));
    }
}
