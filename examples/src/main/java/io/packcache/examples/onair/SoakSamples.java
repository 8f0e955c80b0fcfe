package io.packcache.examples.onair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * What was seen of a long broadcast, at moments when a picture had just been sent: the memory of the process and how far
 * pictures are from where the clock says they should be. Numbers only; one thread at a time.
 */
public final class SoakSamples {

    /** A process is warm after this share of its time: classes are loaded, code is compiled, pools are filled. */
    private static final double WARM = 0.25;

    private record Sample(double minutes, long residentBytes, long codeBytes, double driftPictures) {}

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
     * @param codeBytes of the resident bytes, those of code that the JVM compiled
     */
    public void add(long nanos, long picture, long residentBytes, long codeBytes) {
        if (samples.isEmpty()) {
            firstNanos = nanos;
            firstPicture = picture;
        }
        double seconds = (nanos - firstNanos) / 1e9;
        samples.add(new Sample(seconds / 60, residentBytes, codeBytes, picture - firstPicture - seconds * fps));
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
     * @param standardError of that slope, neighbours that are alike taken into account
     */
    public record Growth(double bytesPerMinute, double standardError) {

        /** Whether the slope is no more than chance explains (two standard errors). */
        public boolean isNoise() {
            return bytesPerMinute <= 2 * standardError;
        }
    }

    /** Growth of all resident memory; nothing and no certainty where there are fewer than three warm samples. */
    public Growth growth() {
        return growth(Sample::residentBytes);
    }

    /** The part of the growth that is code compiled late, as for what happens only once a minute. */
    public Growth codeGrowth() {
        return growth(Sample::codeBytes);
    }

    private Growth growth(ToLongFunction<Sample> bytes) {
        double from = WARM * minutes();
        List<Sample> warm =
                samples.stream().filter(sample -> sample.minutes() >= from).toList();
        int n = warm.size();
        if (n < 3) {
            return new Growth(0, Double.POSITIVE_INFINITY);
        }
        double meanX = warm.stream().mapToDouble(Sample::minutes).average().orElseThrow();
        double meanY = warm.stream().mapToLong(bytes).average().orElseThrow();
        double xx = 0;
        double xy = 0;
        for (Sample sample : warm) {
            xx += (sample.minutes() - meanX) * (sample.minutes() - meanX);
            xy += (sample.minutes() - meanX) * (bytes.applyAsLong(sample) - meanY);
        }
        double slope = xy / xx;
        double[] off = warm.stream()
                .mapToDouble(sample -> bytes.applyAsLong(sample) - meanY - slope * (sample.minutes() - meanX))
                .toArray();
        return new Growth(slope, Math.sqrt(squares(off) / (n - 2) / xx * inflation(off)));
    }

    /**
     * By how much neighbours that are alike inflate the variance of a slope: memory moves in steps and stays, so that many
     * looks at one step are not as many facts. (1 + r) / (1 - r), r the correlation of each with the next.
     */
    private static double inflation(double[] off) {
        double next = 0;
        for (int i = 1; i < off.length; i++) {
            next += off[i - 1] * off[i];
        }
        double all = squares(off);
        double alike = all == 0 ? 0 : Math.max(0, next / all);
        return (1 + alike) / (1 - alike);
    }

    private static double squares(double[] off) {
        return Arrays.stream(off).map(each -> each * each).sum();
    }

    /** The samples as a table for other programs: minutes, resident bytes, bytes of compiled code, drift in pictures. */
    public String csv() {
        StringBuilder table = new StringBuilder("minutes,resident_bytes,code_bytes,drift_pictures\n");
        for (Sample sample : samples) {
            table.append(String.format(
                    Locale.ROOT,
                    "%.4f,%d,%d,%.3f%n",
                    sample.minutes(),
                    sample.residentBytes(),
                    sample.codeBytes(),
                    sample.driftPictures()));
        }
        return table.toString();
    }
}
