package io.packcache.kvcache.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A library multiplies only if it is there and right; else our kernel does, and it is said why. */
class ProductLibrariesTest {

    @Test
    void aLibraryThatAgreesMultiplies() {
        try (Device device = new Device(Emulator.open())) {
            ProductLibraries.Choice choice = ProductLibraries.choose(device, Honest::new);
            assertThat(choice.reason()).isEqualTo("products by a library");
            assertThat(choice.library()).isInstanceOf(Honest.class);
        }
    }

    @Test
    void aLibraryThatDoesNothingIsFoundOut() {
        assertOurs(device -> new Idle(), "products by Packcache's kernel (a library multiplies wrongly here)");
    }

    @Test
    void aLibraryThatFailsIsNotUsed() {
        assertOurs(
                device -> new Idle() {
                    @Override
                    public void multiply(long x, long weights, long y, int rows, int pitch, int outputs) {
                        throw new IllegalStateException("cublasGemmEx failed: not supported");
                    }
                },
                "products by Packcache's kernel (a library fails: cublasGemmEx failed: not supported)");
    }

    @Test
    void aLibraryThatIsNotThereIsNotUsed() {
        assertOurs(
                device -> {
                    throw new UnsatisfiedLinkError("no jnicublas\nin a path");
                },
                "products by Packcache's kernel (cuBLAS does not load: no jnicublas)");
    }

    private static void assertOurs(Function<Device, ProductLibrary> opening, String reason) {
        try (Device device = new Device(Emulator.open())) {
            assertThat(ProductLibraries.choose(device, opening)).isEqualTo(new ProductLibraries.Choice(null, reason));
            assertThat(device.pool().liveBytes()).isZero();
        }
    }

    /** Leaves the result as it is. */
    private static class Idle implements ProductLibrary {

        @Override
        public String name() {
            return "a library";
        }

        @Override
        public void multiply(long x, long weights, long y, int rows, int pitch, int outputs) {
            // Nothing.
        }

        @Override
        public void close() {
            // Nothing was opened.
        }
    }

    /** The float32 kernel on numbers that bfloat16 holds: another way to the same result. */
    private static final class Honest extends Idle {

        private final Device device;

        Honest(Device device) {
            this.device = device;
        }

        @Override
        public void multiply(long x, long weights, long y, int rows, int pitch, int outputs) {
            try (DeviceMemory wide = device.pool().allocate((long) rows * pitch * Float.BYTES)) {
                device.kernel("widenRows")
                        .pointer(x)
                        .pointer(wide.address())
                        .pointer((long) rows * pitch)
                        .launch(1, 256, 0);
                device.kernel("productBfloat16Weights")
                        .pointer(wide.address())
                        .pointer(weights)
                        .pointer(0)
                        .pointer(y)
                        .integer(rows)
                        .integer(pitch)
                        .integer(outputs)
                        .launch((outputs + 63) / 64, (rows + 63) / 64, 256, 2 * 16 * 68 * Float.BYTES);
            }
        }
    }
}
