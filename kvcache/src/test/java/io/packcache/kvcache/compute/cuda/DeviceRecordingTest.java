package io.packcache.kvcache.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Recording;
import io.packcache.kvcache.compute.Tensor;
import org.junit.jupiter.api.Test;

/** From the third run on recorded work is one call of the driver; that its results are right is in the contract of all backends. */
class DeviceRecordingTest {

    @Test
    void aRecordingThatHasSettledStartsNoKernelItself() {
        EmulatedDriver driver = Emulator.open();
        try (CudaBackend backend = new CudaBackend(driver, Precision.FLOAT32)) {
            Tensor x = backend.allocate(2, 3);
            x.write(0, new float[] {1, 1, 1, 1, 1, 1}, 0, 2);
            try (Recording doubling = backend.record(() -> backend.add(x, 2, x))) {
                doubling.run();
                assertThat(driver.launches()).isEqualTo(1);
                doubling.run();
                assertThat(driver.launches()).isEqualTo(2);
                doubling.run();
                doubling.run();
                assertThat(driver.launches()).isEqualTo(2);
            }
            float[] values = new float[6];
            x.read(0, values, 0, 2);
            assertThat(values).containsOnly(16);
        }
    }

    @Test
    void workThatFailsWhileItIsRecordedLeavesTheDeviceUsable() {
        EmulatedDriver driver = Emulator.open();
        try (CudaBackend backend = new CudaBackend(driver, Precision.FLOAT32)) {
            Tensor x = backend.allocate(1, 2);
            int[] runs = {0};
            Recording failing = backend.record(() -> {
                backend.add(x, 1, x);
                if (runs[0]++ == 1) {
                    throw new IllegalStateException("the second time");
                }
            });
            failing.run();

            assertThatThrownBy(failing::run).hasMessage("the second time");
            failing.run();
            x.write(0, new float[] {3, 4}, 0, 1);
            failing.run();

            float[] values = new float[2];
            x.read(0, values, 0, 1);
            assertThat(values).containsExactly(6, 8);
            failing.close();
            assertThatThrownBy(failing::run).hasMessage("a recording is run after close");
        }
    }
}
