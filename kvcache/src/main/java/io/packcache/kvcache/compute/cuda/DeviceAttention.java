package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.NumberFormat;

/**
 * Attention calls as launches: a kernel walks over the decoded pages and the raw rows of each KV head.
 */
final class DeviceAttention {

    /** KV heads of one launch. */
    private static final int MOST_CELLS = CellDecoder.MOST_CELLS;

    /** Widest head of the float32 kernel. */
    private static final int WIDEST_HEAD = 256;

    private static final int FLOAT32_QUERIES = 16;
    private static final int FLOAT32_KEYS = 32;
    private static final int FLOAT32_WARPS = 4;
    private static final int TENSOR_CORE_QUERIES = 128;
    private static final int TENSOR_CORE_THREADS = 128;
    private static final int TENSOR_CORE_STAGES = 3;

    private final Device device;
    private final HostMirror mirror;
    private final CellDecoder decoder;

    DeviceAttention(Device device, HostMirror mirror, CellDecoder decoder) {
        this.device = device;
        this.mirror = mirror;
        this.decoder = decoder;
    }

    /** Whether the tensor-core kernel takes heads of this size. */
    static boolean onTensorCores(int headSize) {
        return headSize == 32 || headSize == 64 || headSize == 128;
    }

    void attend(Attention call) {
        int size = call.queries().columns() / call.heads();
        if (size > WIDEST_HEAD) {
            throw new IllegalArgumentException(
                    "the CUDA backend attends to heads of up to " + WIDEST_HEAD + " channels, not " + size);
        }
        if (!device.capturing()) {
            decoder.sweep();
            mirror.sweep();
        }
        for (int first = 0; first < call.cells().length; first += MOST_CELLS) {
            attend(call, first, Math.min(call.cells().length, first + MOST_CELLS), size);
        }
    }

    private void attend(Attention call, int firstCell, int endCell, int size) {
        NumberFormat format = decoder.format(call.cells());
        DeviceTensor queries = (DeviceTensor) call.queries();
        DeviceTensor output = (DeviceTensor) call.output();
        int headsPerKey = call.heads() / call.cells().length;
        long hidden = mirror.address(call.hidden());
        decoder.decode(call.cells(), firstCell, endCell);
        KernelCall kernel = device.kernel(kernel(format, size))
                .pointer(queries.address(call.firstRow()))
                .pointer(output.address(call.firstRow()))
                .pointer(hidden);
        for (int i = 0; i < MOST_CELLS; i++) {
            decoder.put(kernel, i);
        }
        kernel.integer(call.rows())
                .integer(call.heads())
                .integer(firstCell * headsPerKey)
                .integer(headsPerKey)
                .integer(size)
                .real((float) (1 / Math.sqrt(size)));
        launch(kernel, format, size, call.rows() * headsPerKey, endCell - firstCell);
    }

    private static boolean tensorCores(NumberFormat format, int size) {
        return format == NumberFormat.BFLOAT16 && onTensorCores(size);
    }

    private static String kernel(NumberFormat format, int size) {
        if (tensorCores(format, size)) {
            return "attentionTensorCore" + size;
        }
        return format == NumberFormat.BFLOAT16 ? "attentionBfloat16Rows" : "attentionFloat32";
    }

    private static void launch(KernelCall kernel, NumberFormat format, int size, int queries, int cells) {
        if (tensorCores(format, size)) {
            int rowBytes = (size + 8) * Short.BYTES;
            int keys = size > 64 ? 32 : 64;
            int tileBytes = keys * (2 * rowBytes + Float.BYTES);
            kernel.launch(
                    (queries + TENSOR_CORE_QUERIES - 1) / TENSOR_CORE_QUERIES,
                    cells,
                    TENSOR_CORE_THREADS,
                    TENSOR_CORE_STAGES * tileBytes + TENSOR_CORE_QUERIES * rowBytes);
        } else {
            int floats = (FLOAT32_QUERIES + 2 * FLOAT32_KEYS) * (size + 1) + FLOAT32_WARPS * FLOAT32_KEYS;
            kernel.launch(
                    (queries + FLOAT32_QUERIES - 1) / FLOAT32_QUERIES, cells, 32 * FLOAT32_WARPS, floats * Float.BYTES);
        }
    }
}
