package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Page;

/**
 * Attention calls as launches. The pages of a KV head are decoded one behind another into scratch memory, in the format of
 * its raw rows; then a kernel walks over both.
 */
final class DeviceAttention {

    /** KV heads of one launch. */
    private static final int MOST_CELLS = 32;

    /** Widest head of the float32 kernel. */
    private static final int WIDEST_HEAD = 256;

    private static final int FLOAT32_QUERIES = 16;
    private static final int FLOAT32_KEYS = 32;
    private static final int FLOAT32_WARPS = 4;
    private static final int TENSOR_CORE_QUERIES = 128;
    private static final int TENSOR_CORE_KEYS = 64;

    private final Device device;
    private final HostMirror mirror;
    private final IdentityCache<EncodedRows, DevicePage> pages = new IdentityCache<>();
    private final Scratch decoded;

    DeviceAttention(Device device, HostMirror mirror) {
        this.device = device;
        this.mirror = mirror;
        this.decoded = device.scratch();
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
            pages.sweep();
            mirror.sweep();
        }
        for (int first = 0; first < call.cells().length; first += MOST_CELLS) {
            attend(call, first, Math.min(call.cells().length, first + MOST_CELLS), size);
        }
    }

    private void attend(Attention call, int firstCell, int endCell, int size) {
        NumberFormat format = format(call.cells());
        DeviceTensor queries = (DeviceTensor) call.queries();
        DeviceTensor output = (DeviceTensor) call.output();
        int headsPerKey = call.heads() / call.cells().length;
        long page = decoded.reserve(Math.max(1, decodedBytes(call.cells(), firstCell, endCell, size, format)));
        long hidden = mirror.address(call.hidden());
        long[] starts = new long[endCell - firstCell];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = page;
            page += decode(call.cells()[firstCell + i], page, size, format);
        }
        long[] biases = new long[starts.length];
        for (int i = 0; i < starts.length; i++) {
            biases[i] = mirror.address(call.cells()[firstCell + i].bias());
        }
        KernelCall kernel = device.kernel(kernel(format, size))
                .pointer(queries.address(call.firstRow()))
                .pointer(output.address(call.firstRow()))
                .pointer(hidden);
        for (int i = 0; i < MOST_CELLS; i++) {
            boolean used = i < starts.length;
            putCell(
                    kernel,
                    used ? call.cells()[firstCell + i] : null,
                    used ? starts[i] : 0,
                    used ? biases[i] : 0,
                    size);
        }
        kernel.integer(call.rows())
                .integer(call.heads())
                .integer(firstCell * headsPerKey)
                .integer(headsPerKey)
                .integer(size)
                .real((float) (1 / Math.sqrt(size)));
        launch(kernel, format, size, call.rows() * headsPerKey, starts.length);
    }

    private static NumberFormat format(CellRows[] cells) {
        NumberFormat format = ((DeviceTensor) cells[0].keys()).format();
        for (CellRows cell : cells) {
            if (((DeviceTensor) cell.keys()).format() != format || ((DeviceTensor) cell.values()).format() != format) {
                throw new IllegalArgumentException("keys and values of one call lie in different formats");
            }
        }
        return format;
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
            int tileBytes = TENSOR_CORE_KEYS * (2 * (size + 8) * Short.BYTES + Float.BYTES);
            kernel.launch((queries + TENSOR_CORE_QUERIES - 1) / TENSOR_CORE_QUERIES, cells, 256, 2 * tileBytes);
        } else {
            int floats = (FLOAT32_QUERIES + 2 * FLOAT32_KEYS) * (size + 1) + FLOAT32_WARPS * FLOAT32_KEYS;
            kernel.launch(
                    (queries + FLOAT32_QUERIES - 1) / FLOAT32_QUERIES, cells, 32 * FLOAT32_WARPS, floats * Float.BYTES);
        }
    }

    private static int pageRows(CellRows cell) {
        int rows = 0;
        for (Page page : cell.pages()) {
            rows += page.rows();
        }
        return rows;
    }

    private static boolean pagesBiased(CellRows cell) {
        return cell.pages().stream().anyMatch(page -> page.bias() != null);
    }

    private static long decodedBytes(CellRows[] cells, int first, int end, int size, NumberFormat format) {
        long bytes = 0;
        for (int i = first; i < end; i++) {
            bytes += decodedBytes(pageRows(cells[i]), size, format);
        }
        return bytes;
    }

    /** Keys, values and biases of so many rows, each from a multiple of 16 bytes on. */
    private static long decodedBytes(int rows, int size, NumberFormat format) {
        return 2 * aligned((long) rows * size * format.bytes()) + aligned((long) rows * Float.BYTES);
    }

    private static long aligned(long bytes) {
        return (bytes + 15) / 16 * 16;
    }

    /** Decodes all pages of a cell from an address on, and says how many bytes they took. */
    private long decode(CellRows cell, long at, int size, NumberFormat format) {
        int rows = pageRows(cell);
        long matrix = aligned((long) rows * size * format.bytes());
        long biases = at + 2 * matrix;
        if (pagesBiased(cell)) {
            device.driver().zero(biases, (long) rows * Float.BYTES);
        }
        int first = 0;
        for (Page page : cell.pages()) {
            long offset = (long) first * size * format.bytes();
            onDevice(page.keys()).decode(mirror.address(page.cos()), mirror.address(page.sin()), at + offset, format);
            onDevice(page.values()).decode(0, 0, at + matrix + offset, format);
            if (page.bias() != null) {
                long bias = mirror.address(page.bias());
                device.driver().copy(biases + (long) first * Float.BYTES, bias, (long) page.rows() * Float.BYTES);
            }
            first += page.rows();
        }
        return decodedBytes(rows, size, format);
    }

    private DevicePage onDevice(EncodedRows rows) {
        return pages.get(rows, missing -> DevicePage.of(device, missing));
    }

    private void putCell(KernelCall kernel, CellRows cell, long pages, long bias, int size) {
        int pageRows = cell == null ? 0 : pageRows(cell);
        if (pageRows == 0) {
            kernel.pointer(0).pointer(0).pointer(0).pointer(0);
        } else {
            long matrix = aligned((long) pageRows
                    * size
                    * ((DeviceTensor) cell.keys()).format().bytes());
            kernel.pointer(pages)
                    .pointer(pages + matrix)
                    .pointer(pagesBiased(cell) ? pages + 2 * matrix : 0)
                    .pointer(pageRows);
        }
        if (cell == null) {
            kernel.pointer(0).pointer(0).pointer(0).pointer(0);
        } else {
            kernel.pointer(((DeviceTensor) cell.keys()).address(0))
                    .pointer(((DeviceTensor) cell.values()).address(0))
                    .pointer(bias)
                    .pointer(cell.count());
        }
    }
}
