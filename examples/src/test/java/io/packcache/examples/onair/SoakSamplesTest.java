package io.packcache.examples.onair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SoakSamplesTest {

    private static final int FPS = 10;
    private static final int WARM_UP_PICTURES = 5 * 60 * FPS;
    private static final int PICTURES = 30 * 60 * FPS;
    private static final long MIB = 1 << 20;

    private final SoakSamples samples = new SoakSamples(FPS, 5);

    @Test
    void whatAProcessTakesWhileItWarmsUpIsNoLeak() {
        broadcast(picture -> 0, picture -> Math.min(picture, WARM_UP_PICTURES) * 10_000);
        assertThat(samples.growth().bytesPerMinute()).isZero();
        assertThat(samples.minutes()).isEqualTo(25, within(0.01));
    }

    @Test
    void whatGrowsAfterTheWarmUpIsFoundAndSaidToBeNoneOfTheParts() {
        broadcast(picture -> 0, picture -> picture * 1024 / (60 * FPS) * 100);
        assertThat(samples.growth().isNoise()).isFalse();
        assertThat(samples.growth().bytesPerMinute() / 1024).isEqualTo(100, within(1.0));
        assertThat(samples.parts())
                .startsWith("heap 0.0, compiled code 0.0 (in use 0.0), classes 0.0, mapped files 0.0, all else +")
                .contains("all else +100.0 (95 %");
    }

    @Test
    void codeCompiledLateIsToldApart() {
        for (long picture = 0; picture < PICTURES; picture++) {
            samples.sent(due(picture), picture);
            long code = picture * 1024 / (60 * FPS) * 10;
            samples.look(new ProcessMemory(900 * MIB + code, 40 * MIB, 500 * MIB, 64 * MIB + code, code, 30 * MIB));
        }
        assertThat(samples.parts())
                .contains("compiled code 10.0 (in use 10.0)")
                .containsPattern("all else [+-]0\\.0 \\(");
    }

    @Test
    void oneLatePictureIsSeenEvenBetweenLooks() {
        broadcast(picture -> picture == 7_003 ? 250 : 0, picture -> 0);
        assertThat(samples.worstDrift()).isEqualTo(2.5, within(1e-6));
        assertThat(samples.drift()).isZero();
    }

    @Test
    void pacingThatIsTooSlowIsDrift() {
        broadcast(picture -> Math.max(0, picture - WARM_UP_PICTURES) / 100, picture -> 0);
        assertThat(samples.drift()).isEqualTo(-1.5, within(0.02));
        assertThat(samples.worstDrift()).isEqualTo(1.5, within(0.02));
    }

    @Test
    void theFirstPicturesThatTheConnectionHeldUpAreNotTheMeasureOfTheOthers() {
        broadcast(picture -> picture < 20 ? 300 : 0, picture -> 0);
        assertThat(samples.worstWarmingUp()).isEqualTo(3, within(0.01));
        assertThat(samples.worstDrift()).isEqualTo(0, within(1e-6));
        assertThat(samples.drift()).isEqualTo(0, within(1e-6));
    }

    @Test
    void theTableHasALineForEachLook() {
        broadcast(picture -> 0, picture -> 0);
        assertThat(samples.csv().lines())
                .hasSize(1 + PICTURES / 50)
                .first()
                .asString()
                .startsWith("minutes,resident,");
    }

    @Test
    void nothingSeenSaysNothing() {
        assertThat(samples.growth().isNoise()).isTrue();
        assertThat(samples.minutes()).isZero();
        assertThat(samples.drift()).isZero();
    }

    private interface Amount {
        long of(long picture);
    }

    /** Pictures so many milliseconds late; each five seconds a look at memory that has grown by so many bytes. */
    private void broadcast(Amount late, Amount grown) {
        for (long picture = 0; picture < PICTURES; picture++) {
            samples.sent(due(picture) + late.of(picture) * 1_000_000, picture);
            if (picture % 50 == 0) {
                samples.look(
                        new ProcessMemory(900 * MIB + grown.of(picture), 40 * MIB, 500 * MIB, 64 * MIB, MIB, 30 * MIB));
            }
        }
    }

    private static long due(long picture) {
        return picture * 1_000_000_000L / FPS;
    }
}
