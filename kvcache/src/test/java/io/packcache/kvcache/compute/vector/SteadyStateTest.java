package io.packcache.kvcache.compute.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.Garbage;
import io.packcache.kvcache.compute.Backend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiled kernels make no garbage. */
class SteadyStateTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void repeatedCallsAllocateNothing(int workers) throws Exception {
        assertThat(Garbage.run(Steps.class, Integer.toString(workers))).isEqualTo(Garbage.NONE);
    }

    /** Repeats a layer. */
    static final class Steps {

        private Steps() {}

        public static void main(String[] arguments) {
            try (Backend backend = new VectorBackend(Integer.parseInt(arguments[0]))) {
                Layer layer = new Layer(backend);
                Garbage.print(meter -> {
                    long before = meter.bytes();
                    layer.step();
                    return meter.bytes() - before;
                });
            }
        }
    }
}
