package io.packcache.examples.onair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SoakSamplesTest {

    private static final long SECOND = 1_000_000_000L;

    private final SoakSamples samples = new SoakSamples(10);

    @Test
    void memoryThatOnlyWaversDoesNotGrow() {
        take(0, 0);
        assertThat(samples.growth().isNoise()).isTrue();
        assertThat(samples.growth().bytesPerMinute()).isEqualTo(0, within(20_000.0));
    }

    @Test
    void aLeakIsFoundBehindTheWavering() {
        take(200_000, 0);
        assertThat(samples.growth().isNoise()).isFalse();
        assertThat(samples.growth().bytesPerMinute()).isEqualTo(200_000, within(20_000.0));
    }

    @Test
    void whatAProcessTakesWhileItWarmsUpIsNoLeak() {
        for (int i = 0; i < 100; i++) {
            samples.add(i * 5L * SECOND, i * 50L, Math.min(i, 20) * 10_000_000L, 0);
        }
        assertThat(samples.growth().bytesPerMinute()).isZero();
    }

    @Test
    void manyLooksAtOneStepAreNotManyFacts() {
        for (int i = 0; i < 400; i++) {
            samples.add(i * 5L * SECOND, i * 50L, i < 200 ? 100_000_000 : 101_000_000, 0);
        }
        SoakSamples.Growth growth = samples.growth();
        assertThat(growth.bytesPerMinute()).isPositive().isLessThan(3 * growth.standardError());
    }

    @Test
    void codeCompiledLateIsToldApart() {
        take(200_000, 0);
        assertThat(samples.codeGrowth().bytesPerMinute()).isEqualTo(200_000, within(1000.0));
    }

    @Test
    void theTableHasALineForEachLook() {
        take(0, 0);
        assertThat(samples.csv().lines())
                .hasSize(101)
                .first()
                .isEqualTo("minutes,resident_bytes,code_bytes,drift_pictures");
    }

    @Test
    void picturesBehindTheClockAreDrift() {
        take(0, 0.002);
        assertThat(samples.drift()).isEqualTo(-0.998, within(0.02));
        assertThat(samples.worstDrift()).isEqualTo(0.998, within(0.02));
    }

    @Test
    void tooFewSamplesSayNothing() {
        samples.add(0, 0, 1, 0);
        assertThat(samples.growth().isNoise()).isTrue();
        assertThat(samples.minutes()).isZero();
    }

    /** A hundred samples of one in five seconds: memory wavers by 200 KB, grows so much, and each second is so much too long. */
    private void take(long bytesPerMinute, double slow) {
        Random random = new Random(1);
        for (int i = 0; i < 100; i++) {
            long nanos = (long) (i * 5L * SECOND * (1 + slow / 10));
            long grown = i * bytesPerMinute / 12;
            samples.add(nanos, i * 50L, 100_000_000 + grown + random.nextInt(200_000), grown);
        }
    }
}
