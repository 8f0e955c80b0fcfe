package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignalNotesTest {

    private static final Set<Signal> ALL = EnumSet.allOf(Signal.class);
    private static final ModelConfig CONFIG = TinyModel.config(32, 2, 1, 1);

    @TempDir
    private Path folder;

    @Test
    void collectingChangesNoFrameAndTellsWhatTheStorePassComputed() throws IOException {
        try (Backend backend = Backends.of("plain");
                Transformer transformer = TinyModel.random(CONFIG, 9).load(folder, backend);
                MaskedDecoder silent = open(transformer);
                MaskedDecoder telling = open(transformer)) {
            telling.view(ALL);
            for (int frame = 0; frame < 3; frame++) {
                assertThat(frame(telling, frame)).isEqualTo(frame(silent, frame));
            }
            Signals signals = telling.view(ALL).signals();
            NetworkConfig network = transformer.network();
            assertThat(signals.queryGroup()).isEqualTo(network.heads() / network.kvHeads());
            assertThat(signals.queryRows()).isEqualTo(6 * signals.queryGroup());
            for (int layer = 0; layer < network.layers(); layer++) {
                assertProjected(backend, transformer, signals, layer);
                assertThat(signals.massByDistance(layer)).hasSize(3);
                double mass = 0;
                for (double share : signals.massByDistance(layer)) {
                    assertThat(share).isPositive();
                    mass += share;
                }
                assertThat(mass).isLessThan(1);
            }
            assertThat(signals.hiddenNorms(1)).hasSize(8);
            for (float norm : signals.hiddenNorms(1)) {
                assertThat(norm).isPositive();
            }
            assertThat(silent.view().signals()).isSameAs(Signals.NONE);
        }
    }

    private static void assertProjected(Backend backend, Transformer transformer, Signals signals, int layer) {
        NetworkConfig network = transformer.network();
        int size = network.headSize();
        int group = network.heads() / network.kvHeads();
        float[] norms = signals.projectedValueNorms(layer, 0, 1);
        float[] values = signals.values(layer, 0, 1);
        Tensor input = backend.allocate(1, network.heads() * size);
        Tensor output = backend.allocate(1, network.hidden());
        float[] row = new float[network.hidden()];
        for (int token = 0; token < norms.length; token++) {
            double expected = 0;
            for (int head = 0; head < group; head++) {
                float[] one = new float[network.heads() * size];
                System.arraycopy(values, token * size, one, head * size, size);
                input.write(0, one, 0, 1);
                backend.multiply(input, 0, 1, transformer.blocks().get(layer).output(), output);
                output.read(0, row, 0, 1);
                for (float channel : row) {
                    expected += Math.abs(channel) / group;
                }
            }
            assertThat((double) norms[token]).isCloseTo(expected, within(1e-4 * expected));
        }
    }

    private static MaskedDecoder open(Transformer transformer) {
        SamplingSettings sampling = new SamplingSettings(4, 2, 1, 1, 0.5);
        Clip clip = new Clip(new int[] {5, 6, 7}, List.of(), 2, 3, 2, 12, 1, sampling);
        MaskedDecoder decoder = MaskedDecoder.open(transformer, CONFIG, clip);
        decoder.prefill();
        return decoder;
    }

    private static int[] frame(FrameDecoder decoder, long number) {
        decoder.begin(number);
        for (int step = 0; step < decoder.steps(); step++) {
            decoder.step(step);
        }
        return decoder.commit();
    }
}
