package io.packcache.kvcache.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import org.junit.jupiter.api.Test;

/** Device memory is counted exactly, used again, and all given back. The emulated device fails if any is left at its end. */
class DevicePoolTest {

    @Test
    void theGaugeCountsWhatIsOpenAndNothingElse() {
        try (CudaBackend backend = new CudaBackend(Emulator.open(), Precision.FLOAT32)) {
            Tensor tensor = backend.allocate(3, 5);
            Tensor cache = backend.allocateCache(2, 8);
            Weights weights = backend.pack(new float[6], 2, 3, new float[2]);
            assertThat(backend.liveBytes()).isEqualTo(tensor.bytes() + cache.bytes() + weights.bytes());

            tensor.close();
            tensor.close();
            cache.close();
            weights.close();
            weights.close();
            assertThat(backend.liveBytes()).isZero();
        }
    }

    @Test
    void memoryOfTheSameSizeIsUsedAgainAndIsZeroed() {
        try (CudaBackend backend = new CudaBackend(Emulator.open(), Precision.FLOAT32)) {
            Tensor tensor = backend.allocate(1, 4);
            tensor.write(0, new float[] {1, 2, 3, 4}, 0, 1);
            long address = ((DeviceTensor) tensor).address(0);
            tensor.close();
            Tensor next = backend.allocate(4, 1);

            float[] values = {9, 9, 9, 9};
            next.read(0, values, 0, 4);
            assertThat(((DeviceTensor) next).address(0)).isEqualTo(address);
            assertThat(values).containsOnly(0);
        }
    }

    @Test
    void whatIsStillOpenGoesBackWithTheBackend() {
        CudaBackend backend = new CudaBackend(Emulator.open(), Precision.BFLOAT16);
        Tensor open = backend.allocate(10, 10);
        Weights weights = backend.pack(new float[6], 2, 3, null);

        backend.close();

        assertThat(backend.liveBytes()).isZero();
        open.close();
        weights.close();
    }

    @Test
    void memoryGoesBackToADeviceThatHasNoMoreBeforeTheRequestFails() {
        SmallDevice small = new SmallDevice(100);
        DevicePool pool = new DevicePool(small);
        pool.allocate(60).close();

        DeviceMemory large = pool.allocate(80);
        assertThatThrownBy(() -> pool.allocate(40))
                .isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessage("the device has no 40 bytes left: 20 of 100 are free");

        assertThat(pool.liveBytes()).isEqualTo(80);
        large.close();
        pool.close();
        assertThat(small.used()).isZero();
    }
}
