package io.packcache.stream.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationSession;
import io.packcache.stream.spec.SettingException;
import io.packcache.stream.testkit.HandmadeFrames;
import io.packcache.stream.testkit.ScriptedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class DriftMeterTest {

    private final List<PictureStatistics> statistics = new ArrayList<>();
    private final List<Drift> drifts = new ArrayList<>();
    private final HandmadeFrames frames = new HandmadeFrames();

    private DriftMeter meter(DriftSettings settings) {
        return new DriftMeter(settings, statistics::add, drifts::add);
    }

    /** One frame of four pictures, each filled with one grey. */
    private void greys(DriftMeter meter, IntUnaryOperator grey) {
        try (GeneratedFrame frame = frames.next(4)) {
            for (int i = 0; i < 4; i++) {
                Arrays.fill(frame.pictures().get(i).rgb(), (byte) grey.applyAsInt(i));
            }
            meter.pass(frame);
        }
    }

    private static PictureStatistics measure(PictureGauge gauge, int width, int height, byte[] rgb, boolean opening) {
        VideoFrame picture = VideoFrame.unpooled(width, height, 7, new TimeBase(1, 12), rgb);
        return gauge.measure(picture, 3, opening);
    }

    @Test
    void aPictureIsMeasuredAsItsDefinitionSays() {
        // Left pixel pure red, right pixel white.
        byte[] rgb = {(byte) 255, 0, 0, (byte) 255, (byte) 255, (byte) 255};
        PictureGauge gauge = new PictureGauge();
        gauge.begin();
        PictureStatistics first = measure(gauge, 2, 1, rgb, true);
        assertThat(first.latentFrame()).isEqualTo(3);
        assertThat(first.pts()).isEqualTo(7);
        assertThat(first.brightness()).isCloseTo((0.2126 + 1) / 2, within(1e-6));
        assertThat(first.saturation()).isCloseTo(0.5, within(1e-6));
        assertThat(first.sharpness()).isCloseTo((1 - 0.2126) / 4, within(1e-6));
        assertThat(first.motion()).isZero();
        assertThat(first.seam()).isEqualTo(1);
        PictureStatistics second = measure(gauge, 2, 1, new byte[6], false);
        assertThat(second.brightness()).isZero();
        assertThat(second.motion()).isCloseTo((0.2126 + 1) / 2, within(1e-6));
    }

    @Test
    void aSeamIsHowMuchMoreMovesBetweenLatentFramesThanWithin() {
        DriftMeter meter = meter(DriftSettings.DEFAULTS);
        greys(meter, i -> 10 * i);
        greys(meter, i -> 60 + 10 * i);
        assertThat(statistics.get(4).seam()).as("30 to 60, against steps of 10").isCloseTo(3, within(1e-4));
        assertThat(statistics.get(5).seam()).isEqualTo(1);
        greys(meter, i -> 90);
        greys(meter, i -> 90);
        assertThat(statistics.get(12).seam()).as("nothing moves").isEqualTo(1);
    }

    @Test
    void aLargePictureIsSampledAndSaysTheSame() {
        PictureGauge gauge = new PictureGauge();
        byte[] large = new byte[3 * 1280 * 720];
        Arrays.fill(large, (byte) 51);
        PictureStatistics measured = measure(gauge, 1280, 720, large, true);
        assertThat(measured.brightness()).isCloseTo(0.2, within(1e-4));
        assertThat(measured.sharpness()).isZero();
    }

    @Test
    void aStreamThatGrowsBrighterIsToldOnceUntilItComesBack() {
        DriftMeter meter = meter(new DriftSettings(8, 4, 0.15, 0, 0, 0, 0));
        for (int f = 0; f < 4; f++) {
            greys(meter, i -> 100);
        }
        for (int f = 0; f < 10; f++) {
            greys(meter, i -> 160);
        }
        assertThat(drifts).singleElement().satisfies(drift -> {
            assertThat(drift.measure()).isEqualTo(Drift.Measure.BRIGHTNESS);
            assertThat(drift.reference()).isCloseTo(100 / 255.0, within(1e-4));
            assertThat(drift.value() - drift.reference()).isGreaterThan(0.15);
            assertThat(drift.latentFrame()).isBetween(4L, 6L);
        });
        for (int f = 0; f < 10; f++) {
            greys(meter, i -> 100);
        }
        for (int f = 0; f < 10; f++) {
            greys(meter, i -> 30);
        }
        assertThat(drifts).hasSize(2);
        assertThat(drifts.get(1).value()).isLessThan(drifts.get(1).reference());
    }

    @Test
    void eachEpochHasAReferenceOfItsOwn() {
        DriftMeter meter = meter(new DriftSettings(4, 2, 0.15, 0, 0, 0, 0));
        greys(meter, i -> 100);
        frames.nextEpoch();
        for (int f = 0; f < 20; f++) {
            greys(meter, i -> 240);
        }
        assertThat(drifts).isEmpty();
        assertThat(statistics.get(4).motion()).as("no motion across epochs").isZero();
    }

    @Test
    void aMeasureWithoutLimitNeverTells() {
        DriftMeter meter = meter(new DriftSettings(4, 1, 0, 0, 0, 0, 0));
        for (int f = 0; f < 20; f++) {
            int level = 12 * f;
            greys(meter, i -> level);
        }
        assertThat(drifts).isEmpty();
    }

    @Test
    void theHookMayReanchorTheSessionThatDrifts() {
        ScriptedModel script = new ScriptedModel();
        List<Long> epochs = new ArrayList<>();
        DriftMeter meter = new DriftMeter(
                // The scripted pictures jump between greys at every latent frame: a seam without end.
                new DriftSettings(1, 1, 0.01, 0, 0, 0, 0),
                ignored -> {},
                drift -> assertThat(drift.steering().reanchor(PromptMode.RESET)).isNotNull());
        try (GenerationSession session = script.model().open(script.request(12))) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = meter.pass(session.next())) {
                    epochs.add(frame.epoch().number());
                }
            }
        }
        assertThat(epochs).contains(0L, 1L, 2L);
        script.assertNothingHeld();
        script.close();
    }

    @Test
    void aFrameWithoutPicturesIsRefused() {
        GeneratedFrame frame = frames.next(1);
        frame.release();
        assertThatThrownBy(() -> meter(DriftSettings.DEFAULTS).pass(frame))
                .hasMessage("the pictures of latent frame 0 were already taken or released; measure drift before that");
    }

    @Test
    void wrongSettingsAreRefusedByName() {
        assertThatThrownBy(() -> DriftSettings.DEFAULTS.withBrightness(2))
                .isInstanceOf(SettingException.class)
                .hasMessage("brightness is 0 to 1, got 2.0");
        assertThatThrownBy(() -> DriftSettings.DEFAULTS.withMotion(0.5)).hasMessage("motion is 0 or above 1, got 0.5");
        assertThatThrownBy(() -> DriftSettings.DEFAULTS.withReference(0)).hasMessageContaining("reference");
    }
}
