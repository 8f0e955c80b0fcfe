package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Page;

/**
 * KV heads as kernels take them. The pages of a head are decoded one behind another into scratch memory, in the format of its
 * raw rows; keys, values and biases each begin at a multiple of 16 bytes.
 */
final class CellDecoder {

    /** KV heads of one launch. */
    static final int MOST_CELLS = 32;

    private final Device device;
    private final HostMirror mirror;
    private final IdentityCache<EncodedRows, DevicePage> pages = new IdentityCache<>();
    private final Scratch decoded;
    private final CellRows[] cells = new CellRows[MOST_CELLS]; // null behind those decoded last, as the next two
    private final long[] pagesAt = new long[MOST_CELLS];
    private final long[] biasAt = new long[MOST_CELLS];

    CellDecoder(Device device, HostMirror mirror) {
        this.device = device;
        this.mirror = mirror;
        this.decoded = device.scratch();
    }

    /** Gives the pages back that are gone. */
    void sweep() {
        pages.sweep();
    }

    /** In which all keys and values of a call lie. */
    NumberFormat format(CellRows[] all) {
        NumberFormat format = ((DeviceTensor) all[0].keys()).format();
        for (CellRows cell : all) {
            if (((DeviceTensor) cell.keys()).format() != format || ((DeviceTensor) cell.values()).format() != format) {
                throw new IllegalArgumentException("keys and values of one call lie in different formats");
            }
        }
        return format;
    }

    /** Decodes the pages of some KV heads, at most {@value #MOST_CELLS}; void when the next are decoded. */
    void decode(CellRows[] all, int first, int end) {
        NumberFormat format = format(all);
        int size = all[0].keys().columns();
        long bytes = 0;
        for (int i = first; i < end; i++) {
            bytes += bytes(pageRows(all[i]), size, format);
        }
        long at = decoded.reserve(Math.max(1, bytes));
        for (int i = 0; i < MOST_CELLS; i++) {
            boolean used = first + i < end;
            cells[i] = used ? all[first + i] : null;
            pagesAt[i] = at;
            biasAt[i] = used ? mirror.address(cells[i].bias()) : 0;
            at += used ? decode(cells[i], at, size, format) : 0;
        }
    }

    /** Decodes all pages of a cell from an address on, and says how many bytes they took. */
    private long decode(CellRows cell, long at, int size, NumberFormat format) {
        int rows = pageRows(cell);
        long matrix = matrixBytes(rows, size, format);
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
        return bytes(rows, size, format);
    }

    private DevicePage onDevice(EncodedRows rows) {
        return pages.get(rows, missing -> DevicePage.of(device, missing));
    }

    /** Writes a decoded KV head down as the kernels' struct; one of no rows behind the last. */
    void put(KernelCall kernel, int i) {
        CellRows cell = cells[i];
        if (cell == null) {
            putRows(kernel, 0, 0, 0, 0);
            putRows(kernel, 0, 0, 0, 0);
            return;
        }
        DeviceTensor keys = (DeviceTensor) cell.keys();
        int rows = pageRows(cell);
        long matrix = matrixBytes(rows, keys.columns(), keys.format());
        long bias = pagesBiased(cell) ? pagesAt[i] + 2 * matrix : 0;
        putRows(kernel, pagesAt[i], pagesAt[i] + matrix, bias, rows);
        putRows(kernel, keys.address(0), ((DeviceTensor) cell.values()).address(0), biasAt[i], cell.count());
    }

    private static void putRows(KernelCall kernel, long keys, long values, long bias, long count) {
        kernel.pointer(keys).pointer(values).pointer(bias).pointer(count);
    }

    private static int pageRows(CellRows cell) {
        return cell.rows() - cell.count();
    }

    private static boolean pagesBiased(CellRows cell) {
        for (Page page : cell.pages()) {
            if (page.bias() != null) {
                return true;
            }
        }
        return false;
    }

    private static long bytes(int rows, int size, NumberFormat format) {
        return 2 * matrixBytes(rows, size, format) + aligned((long) rows * Float.BYTES);
    }

    private static long matrixBytes(int rows, int size, NumberFormat format) {
        return aligned((long) rows * size * format.bytes());
    }

    private static long aligned(long bytes) {
        return (bytes + 15) / 16 * 16;
    }
}
