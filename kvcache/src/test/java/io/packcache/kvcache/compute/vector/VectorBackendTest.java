package io.packcache.kvcache.compute.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.BackendContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The contract at every width and with one and more threads; the kernels of one width are loaded once. */
class VectorBackendTest {

    @Nested
    class At128BitsAlone extends AtWidth {
        At128BitsAlone() {
            super(128, 1);
        }
    }

    @Nested
    class At256BitsByThree extends AtWidth {
        At256BitsByThree() {
            super(256, 3);
        }
    }

    @Nested
    class At512BitsByTwo extends AtWidth {
        At512BitsByTwo() {
            super(512, 2);
        }
    }

    @Test
    void warmUpReachesItsEndOrEndsWhenInterrupted() {
        try (VectorBackend backend = new VectorBackend(1)) {
            backend.warmUp();
            Thread.currentThread().interrupt();
            backend.warmUp();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private abstract static class AtWidth extends BackendContract {

        private final int bits;
        private final int threads;

        AtWidth(int bits, int threads) {
            this.bits = bits;
            this.threads = threads;
        }

        @Override
        protected Backend open() {
            try {
                return VectorWidths.open(bits, threads);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("kernels of " + bits + " bits cannot be loaded", e);
            }
        }
    }
}
