package io.packcache.examples.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.cuda.CudaBackend;
import io.packcache.kvcache.compute.cuda.Emulator;
import io.packcache.kvcache.compute.cuda.Precision;
import io.packcache.kvcache.compute.plain.PlainBackend;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.MaskedDecoder;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.model.Transformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole models through the CUDA backend, its kernels run on the host: the numbers of the original and of the plain backend. */
class EmulatedCudaTest {

    private static final Path DEMO = Path.of("models/demo");
    private static final int[] TEXT = {3, 4, 5, 6};

    /** How far a code's log-probability may lie from that in float32, in nats: on average, and at most. */
    private static final double MEAN_NATS = 0.02;

    private static final double MOST_NATS = 0.2;

    @Test
    void inFloat32TheEngineEqualsTheOriginalOnEveryTensor() throws IOException {
        try (CudaBackend cuda = Emulator.backend(Precision.FLOAT32)) {
            Path golden = GoldenCopy.original();
            GoldenVerifier.Report report = GoldenVerifier.verify(golden, golden, cuda);
            assertThat(report.checks()).allMatch(Check::passed).hasSize(104);
        }
    }

    @Test
    void inFloat32TheDemoModelDrawsTheSameCodesAndGivesAllMemoryBack() throws IOException {
        try (CudaBackend cuda = Emulator.backend(Precision.FLOAT32)) {
            assertThat(codes(cuda)).isDeepEqualTo(PlainCodes.DRAWN);
        }
    }

    @Test
    void fromItsThirdStepOnAFrameNeedsTwoGraphsAndOneWordToTheHost() throws IOException {
        Path tiny = GoldenCopy.original();
        ModelConfig config = ModelConfig.read(tiny);
        SamplingSettings sampling =
                SamplingSettings.defaults().withSteps(5).withGuidance(3).withChoiceEveryFrame(true);
        Clip clip = new Clip(TEXT, List.of(), 4, 8, 2, 24, 11, sampling);
        try (CudaBackend cuda = Emulator.backend(Precision.BFLOAT16);
                Transformer transformer = Transformer.load(tiny, config.codesPlan(), cuda);
                MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip)) {
            decoder.prefill();
            for (int frame = 0; frame < 2; frame++) {
                decoder.begin(frame);
                for (int step = 0; step < 5; step++) {
                    Emulator.Traffic before = Emulator.traffic(cuda);
                    decoder.step(step);
                    if (step >= 2) {
                        assertThat(Emulator.traffic(cuda).since(before)).isEqualTo(new Emulator.Traffic(0, 2, 0, 1));
                    }
                }
                decoder.commit();
            }
        }
    }

    /** What the plain backend draws, once. */
    private static final class PlainCodes {

        static final int[][] DRAWN = drawn();

        private static int[][] drawn() {
            try (Backend plain = new PlainBackend()) {
                return codes(plain);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void inBfloat16TheEngineEqualsTheOriginalWithinItsRounding() throws IOException {
        try (CudaBackend cuda = Emulator.backend(Precision.BFLOAT16)) {
            Path golden = GoldenCopy.original();
            GoldenVerifier.Report report = GoldenVerifier.verify(golden, golden, cuda);
            assertThat(report.checks()).allMatch(Check::passed).hasSize(104);
        }
    }

    @Test
    void inBfloat16TheDemoModelFindsTheSameCodesAsLikelyAndKeepsTheSameTokens() throws IOException {
        Scored expected;
        try (Backend plain = new PlainBackend()) {
            expected = score(plain, PlainCodes.DRAWN);
        }
        Scored found;
        try (CudaBackend cuda = Emulator.backend(Precision.BFLOAT16)) {
            found = score(cuda, PlainCodes.DRAWN);
        }
        assertThat(found.held()).isEqualTo(expected.held());
        double sum = 0;
        double largest = 0;
        for (int i = 0; i < expected.scores().length; i++) {
            double error = Math.abs(found.scores()[i] - expected.scores()[i]);
            sum += error;
            largest = Math.max(largest, error);
        }
        assertThat(sum / expected.scores().length).isLessThan(MEAN_NATS);
        assertThat(largest).isLessThan(MOST_NATS);
    }

    /**
     * What a model thinks of given codes.
     *
     * @param scores ln p of each, frame after frame
     * @param held what its cache holds of each frame after each was packed
     */
    private record Scored(float[] scores, List<String> held) {}

    private static Scored score(Backend backend, int[][] codes) throws IOException {
        ModelConfig config = ModelConfig.read(DEMO);
        float[] scores = new float[codes.length * codes[0].length];
        List<String> held = new ArrayList<>();
        try (Transformer transformer = Transformer.load(DEMO, config.codesPlan(), backend);
                MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip(1))) {
            decoder.prefill();
            for (int frame = 0; frame < codes.length; frame++) {
                decoder.begin(frame);
                float[] ofFrame = decoder.score(codes[frame]);
                System.arraycopy(ofFrame, 0, scores, frame * ofFrame.length, ofFrame.length);
                decoder.commit(codes[frame]);
                decoder.apply(PackCache.defaults().plan(decoder.view(), Budget.unlimited()));
                decoder.view().frames().forEach(kept -> held.add(kept.frame() + ": " + kept.held()));
            }
        }
        return new Scored(scores, held);
    }

    /** Two guided frames of three steps each. */
    private static int[][] codes(Backend backend) throws IOException {
        ModelConfig config = ModelConfig.read(DEMO);
        int[][] codes = new int[2][];
        try (Transformer transformer = Transformer.load(DEMO, config.codesPlan(), backend);
                MaskedDecoder decoder = MaskedDecoder.open(transformer, config, clip(3))) {
            decoder.prefill();
            for (int frame = 0; frame < codes.length; frame++) {
                decoder.begin(frame);
                for (int step = 0; step < decoder.steps(); step++) {
                    decoder.step(step);
                }
                codes[frame] = decoder.commit();
                decoder.apply(PackCache.defaults().plan(decoder.view(), Budget.unlimited()));
            }
        }
        return codes;
    }

    private static Clip clip(double guidance) {
        SamplingSettings sampling = SamplingSettings.defaults().withSteps(3).withGuidance(guidance);
        return new Clip(TEXT, List.of(), 8, 8, 2, 24, 11, sampling);
    }
}
