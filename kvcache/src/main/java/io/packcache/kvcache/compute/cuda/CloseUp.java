package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Tensor;

/** Kept rows of many tensors close up towards the front in one launch, in place. */
final class CloseUp {

    private static final int THREADS = 256;

    /** Bytes of a row that one block moves. */
    private static final int STRIP_BYTES = 64;

    private final Device device;
    private final Scratch scratch;

    CloseUp(Device device, Scratch scratch) {
        this.device = device;
        this.scratch = scratch;
    }

    /** Tensors of one shape and format; see {@link io.packcache.kvcache.compute.Backend#closeUp}. */
    void move(Tensor[] tensors, int[] from, int[] length, int runs) {
        int[] rows = rows(from, length, runs);
        int first = 0;
        while (first < rows.length && rows[first] == first) {
            first++;
        }
        if (first == rows.length) {
            return;
        }
        int rowBytes = ((DeviceTensor) tensors[0]).rowBytes();
        long[] addresses = new long[tensors.length];
        for (int t = 0; t < tensors.length; t++) {
            DeviceTensor tensor = (DeviceTensor) tensors[t];
            if (tensor.rowBytes() != rowBytes || rows[rows.length - 1] >= tensor.rows()) {
                throw new IllegalArgumentException("row " + rows[rows.length - 1] + " of " + rowBytes
                        + " bytes cannot move in a tensor of " + tensor.rows() + " rows of " + tensor.rowBytes()
                        + " bytes");
            }
            addresses[t] = tensor.address(0);
        }
        launch(addresses, rows, rowBytes);
    }

    private static int[] rows(int[] from, int[] length, int runs) {
        int count = 0;
        for (int run = 0; run < runs; run++) {
            count += length[run];
        }
        int[] rows = new int[count];
        int to = 0;
        for (int run = 0; run < runs; run++) {
            for (int i = 0; i < length[run]; i++) {
                rows[to++] = from[run] + i;
            }
        }
        return rows;
    }

    private void launch(long[] addresses, int[] rows, int rowBytes) {
        long table = scratch.reserve((long) addresses.length * Long.BYTES + (long) rows.length * Integer.BYTES);
        long rowsAt = table + (long) addresses.length * Long.BYTES;
        device.upload(table, addresses);
        device.upload(rowsAt, rows, rows.length);
        int unit = rowBytes % 16 == 0 ? 16 : rowBytes % 4 == 0 ? 4 : 2;
        int units = rowBytes / unit;
        int strip = Math.min(units, STRIP_BYTES / unit);
        device.kernel("closeUp" + unit)
                .pointer(table)
                .pointer(rowsAt)
                .integer(rows.length)
                .integer(units)
                .integer(strip)
                .launch((units + strip - 1) / strip, addresses.length, THREADS, 0);
    }
}
