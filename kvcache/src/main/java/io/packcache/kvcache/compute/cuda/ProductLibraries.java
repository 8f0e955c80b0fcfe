package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.internal.CheckedBackend;
import java.util.function.Function;

/**
 * Which library multiplies: cuBLAS if it is there and a product of its agrees with our own kernel's, else nobody, and our kernel
 * does it. Why, in one sentence.
 */
final class ProductLibraries {

    private static final String BINDING = "org/bytedeco/cuda/global/cublas.class";
    private static final int ROWS = 37;
    private static final int INPUTS = 70;
    private static final int OUTPUTS = 50;

    private ProductLibraries() {}

    /**
     * The choice.
     *
     * @param library null if our kernel multiplies
     * @param reason in words
     */
    record Choice(ProductLibrary library, String reason) {}

    /** cuBLAS is named only here, and linked only if its binding is on the class path. */
    static Choice choose(Device device) {
        if (ProductLibraries.class.getClassLoader().getResource(BINDING) == null) {
            return ours("org.bytedeco:cuda is not on the class path");
        }
        return choose(device, Cublas::new);
    }

    static Choice choose(Device device, Function<Device, ProductLibrary> opening) {
        ProductLibrary library;
        try {
            library = opening.apply(device);
        } catch (LinkageError | RuntimeException e) {
            return ours("cuBLAS does not load: " + firstLine(e));
        }
        try {
            if (agrees(device, library)) {
                return new Choice(library, "products by " + library.name());
            }
            library.close();
            return ours(library.name() + " multiplies wrongly here");
        } catch (LinkageError | RuntimeException e) {
            library.close();
            return ours(library.name() + " fails: " + firstLine(e));
        }
    }

    private static Choice ours(String why) {
        return new Choice(null, "products by Packcache's kernel (" + why + ")");
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason given");
    }

    private static boolean agrees(Device device, ProductLibrary library) {
        float[] matrix = numbers(OUTPUTS * INPUTS, 0.37);
        float[] bias = numbers(OUTPUTS, 0.11);
        try (DeviceTensor x = new DeviceTensor(device, ROWS, INPUTS, NumberFormat.FLOAT32);
                DeviceTensor y = new DeviceTensor(device, ROWS, OUTPUTS, NumberFormat.FLOAT32);
                DeviceWeights weights = new DeviceWeights(
                        device, Precision.BFLOAT16, CheckedBackend.matrix(matrix, OUTPUTS, INPUTS), bias)) {
            x.write(0, numbers(ROWS * INPUTS, 0.73), 0, ROWS);
            float[] expected = product(device, null, x, weights, y);
            float[] actual = product(device, library, x, weights, y);
            for (int i = 0; i < expected.length; i++) {
                if (!(Math.abs(actual[i] - expected[i]) < 1e-3)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static float[] product(
            Device device, ProductLibrary library, DeviceTensor x, DeviceWeights weights, DeviceTensor y) {
        try (DeviceProduct product = new DeviceProduct(device, library)) {
            product.multiply(x, 0, ROWS, weights, y);
        }
        float[] values = new float[ROWS * OUTPUTS];
        y.read(0, values, 0, ROWS);
        return values;
    }

    private static float[] numbers(int count, double step) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) Math.sin(i * step);
        }
        return numbers;
    }
}
