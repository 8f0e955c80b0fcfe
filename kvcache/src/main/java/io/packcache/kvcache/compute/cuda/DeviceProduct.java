package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.NumberFormat;

/** Matrix products by our own kernels, or those of bfloat16 by a library. */
final class DeviceProduct implements AutoCloseable {

    private static final int THREADS = 256;
    private static final int FLOAT32_TILE = 64;
    private static final int FLOAT32_SHARED_BYTES = 2 * 16 * (FLOAT32_TILE + 4) * Float.BYTES;
    private static final int TENSOR_CORE_TILE = 128;
    private static final int TENSOR_CORE_SHARED_BYTES = 3 * 2 * TENSOR_CORE_TILE * (32 + 8) * Short.BYTES;

    private final Device device;
    private final ProductLibrary library; // null if our kernel multiplies
    private final Scratch narrowed;

    DeviceProduct(Device device, ProductLibrary library) {
        this.device = device;
        this.library = library;
        this.narrowed = device.scratch();
    }

    void multiply(DeviceTensor x, int firstRow, int rows, DeviceWeights weights, DeviceTensor y) {
        weights.prepare();
        if (rows == 0) {
            return;
        }
        if (weights.precision() == Precision.BFLOAT16) {
            onTensorCores(x.address(firstRow), rows, weights, y.address(firstRow));
        } else {
            inFloat32(x.address(firstRow), rows, weights, y.address(firstRow));
        }
    }

    private void inFloat32(long x, int rows, DeviceWeights weights, long y) {
        device.kernel(kernel(weights.format()))
                .pointer(x)
                .pointer(weights.address())
                .pointer(weights.biasAddress())
                .pointer(y)
                .integer(rows)
                .integer(weights.inputs())
                .integer(weights.outputs())
                .launch(
                        tiles(weights.outputs(), FLOAT32_TILE),
                        tiles(rows, FLOAT32_TILE),
                        THREADS,
                        FLOAT32_SHARED_BYTES);
    }

    private static String kernel(NumberFormat format) {
        return switch (format) {
            case FLOAT32 -> "productFloat32";
            case BFLOAT16 -> "productBfloat16Weights";
            case FLOAT16 -> "productFloat16Weights";
        };
    }

    private void onTensorCores(long x, int rows, DeviceWeights weights, long y) {
        long narrow = narrowed.reserve((long) rows * weights.pitch() * Short.BYTES);
        device.kernel("narrowPadded")
                .pointer(x)
                .pointer(narrow)
                .integer(weights.inputs())
                .integer(weights.pitch())
                .launch(rows, THREADS, 0);
        if (library == null) {
            byOurKernel(narrow, rows, weights, y);
        } else {
            byLibrary(narrow, rows, weights, y);
        }
    }

    private void byLibrary(long narrow, int rows, DeviceWeights weights, long y) {
        library.multiply(narrow, weights.address(), y, rows, weights.pitch(), weights.outputs());
        if (weights.biasAddress() != 0) {
            device.kernel("addBias")
                    .pointer(weights.biasAddress())
                    .pointer(y)
                    .integer(weights.outputs())
                    .launch(rows, THREADS, 0);
        }
    }

    private void byOurKernel(long narrow, int rows, DeviceWeights weights, long y) {
        device.kernel("productTensorCore")
                .pointer(narrow)
                .pointer(weights.address())
                .pointer(weights.biasAddress())
                .pointer(y)
                .integer(rows)
                .integer(weights.pitch())
                .integer(weights.outputs())
                .launch(
                        tiles(weights.outputs(), TENSOR_CORE_TILE),
                        tiles(rows, TENSOR_CORE_TILE),
                        THREADS,
                        TENSOR_CORE_SHARED_BYTES);
    }

    /** Gives the scratch memory back; the library is its owner's. */
    @Override
    public void close() {
        narrowed.close();
    }

    private static int tiles(int count, int tile) {
        return (count + tile - 1) / tile;
    }
}
