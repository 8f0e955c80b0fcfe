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
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whole models through the CUDA backend, its kernels run on the host: the numbers of the original and of the plain backend. */
class EmulatedCudaTest {

    private static final Path DEMO = Path.of("models/demo");
    private static final int[] TEXT = {3, 4, 5, 6};

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
        int[][] expected;
        try (Backend plain = new PlainBackend()) {
            expected = codes(plain);
        }
        try (CudaBackend cuda = Emulator.backend(Precision.FLOAT32)) {
            assertThat(codes(cuda)).isDeepEqualTo(expected);
        }
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
