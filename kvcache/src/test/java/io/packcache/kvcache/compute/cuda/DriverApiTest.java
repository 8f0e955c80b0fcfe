package io.packcache.kvcache.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.MaskedFrame;
import io.packcache.kvcache.compute.MaskedLayout;
import io.packcache.kvcache.compute.Recording;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * The calls of {@link DriverApi}, through JCuda's own natives, to a driver's library that stands in for the real one: it checks
 * handles, contexts, captures, shared memory and what is left at the end, and computes on the emulated device.
 */
class DriverApiTest {

    @Test
    void throughJCudaAndADriversLibraryTheNumbersAreTheSame() throws Exception {
        String expected;
        try (CudaBackend backend = new CudaBackend(Emulator.open(), Precision.BFLOAT16)) {
            expected = numbers(backend);
        }
        Path folder = Emulator.folder();
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                DriverApiTest.class.getName());
        java.environment().put("LD_LIBRARY_PATH", folder.toString());
        Process process = java.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(output)
                .startsWith(
                        "Emulated device, compute capability 9.0, 1 GiB, driver for CUDA 13.0; bfloat16, products by")
                .contains(expected);
        assertThat(process.waitFor()).isZero();
    }

    /** In the other JVM, where the driver's library is found. */
    public static void main(String[] args) throws Exception {
        try (CudaBackend backend = new CudaBackend(new DriverApi(), Precision.BFLOAT16)) {
            System.out.println(backend.description());
            System.out.println(numbers(backend));
        }
    }

    /** Some of everything that the backend asks of a driver. */
    private static String numbers(CudaBackend backend) throws Exception {
        List<float[]> numbers = new ArrayList<>();
        try (Tensor x = backend.allocate(20, 128);
                Tensor y = backend.allocate(20, 128);
                Tensor keys = backend.allocateCache(70, 128);
                Weights weights = backend.pack(numbers(128 * 128, 0.37), 128, 128, numbers(128, 0.7))) {
            x.write(0, numbers(20 * 128, 0.21), 0, 20);
            keys.write(0, numbers(70 * 128, 0.13), 0, 70);
            CellRows[] cells = {new CellRows(keys, keys, 70)};
            // Both want more shared memory than a kernel has without asking.
            try (Recording layer = backend.record(() -> {
                backend.multiply(x, 0, 20, weights, y);
                backend.attention(new Attention(y, 0, 20, 1, cells, null, x));
            })) {
                for (int run = 0; run < 4; run++) {
                    layer.run();
                }
            }
            float[] read = new float[20 * 128];
            x.read(0, read, 0, 20);
            numbers.add(read);
        }
        // Another thread goes on where this one stopped.
        FutureTask<float[]> elsewhere = new FutureTask<>(() -> codes(backend));
        Thread thread = new Thread(elsewhere);
        thread.start();
        thread.join();
        numbers.add(elsewhere.get());
        return numbers.stream().map(Arrays::toString).toList().toString();
    }

    private static float[] codes(CudaBackend backend) {
        int[] rows = {0, 1, 2, 3, 4, 5};
        int[] ids = {2, 2, 2, 2, 2, 2};
        int[] stored = {-1, -1, 2, -1, -1, -1};
        MaskedLayout layout = new MaskedLayout(1, rows, ids, stored, 3, 20, new int[] {4, 2, 1, 0}, 1, 1);
        int[] codes = new int[6];
        int[] stays = new int[6];
        float[] uniforms = numbers(24, 0.9);
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = Math.abs(uniforms[i]) / 2;
        }
        try (MaskedFrame frame = backend.maskedFrame(layout);
                Tensor logits = backend.allocate(6, 20)) {
            logits.write(0, numbers(120, 0.57), 0, 6);
            frame.begin(uniforms, null);
            try (Recording step = backend.record(() -> {
                frame.choose(6);
                frame.draw(logits, 0, 6);
                frame.keep();
            })) {
                for (int i = 0; i < 4; i++) {
                    step.run();
                    frame.settle();
                }
            }
            frame.store();
            frame.codes(codes);
            frame.ids().read(stays, 6);
        }
        float[] all = new float[12];
        for (int i = 0; i < 6; i++) {
            all[i] = codes[i];
            all[6 + i] = stays[i];
        }
        return all;
    }

    private static float[] numbers(int count, double step) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) Math.sin(i * step);
        }
        return numbers;
    }
}
