package io.packcache.kvcache.compute.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.plain.PlainBackend;
import org.junit.jupiter.api.Test;

/** Shapes of a real model: against the specification, and across thread counts. */
class VectorAgreementTest {

    @Test
    void layerArithmeticAgreesWithThePlainBackend() {
        try (Backend plain = new PlainBackend();
                Backend vector = new VectorBackend(2)) {
            float[] expected = new Layer(plain).run();
            float[] actual = new Layer(vector).run();
            for (int i = 0; i < expected.length; i++) {
                assertThat(Math.abs(actual[i] - expected[i])).isLessThan(2e-5f * (1 + Math.abs(expected[i])));
            }
        }
    }

    @Test
    void theNumberOfThreadsDoesNotChangeABit() {
        try (Backend one = new VectorBackend(1);
                Backend three = new VectorBackend(3)) {
            assertThat(new Layer(three).run()).containsExactly(new Layer(one).run());
        }
    }
}
