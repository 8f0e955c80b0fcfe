package io.packcache.kvcache.compute.vector;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.EncodedAttentionContract;
import org.junit.jupiter.api.Nested;

/** Pages at every width and with one and more threads. */
class VectorEncodedAttentionTest {

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

    private abstract static class AtWidth extends EncodedAttentionContract {

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
