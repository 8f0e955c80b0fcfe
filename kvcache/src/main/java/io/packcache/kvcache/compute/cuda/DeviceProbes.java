package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.NumberFormat;

/** How some queries divide their attention among the rows of a KV head; of the weights only what is asked for comes back. */
final class DeviceProbes {

    private static final int THREADS = 256;
    private static final int SCORED_ROWS = 8; // of a block
    private static final int SUMS_SHARED_BYTES = THREADS / 32 * Float.BYTES;

    private final Device device;
    private final CellDecoder decoder;
    private final Scratch scratch;

    private long queriesAt;
    private long weightsAt;
    private long largestAt;
    private long sumsAt;
    private long massAt;

    DeviceProbes(Device device, CellDecoder decoder) {
        this.device = device;
        this.decoder = decoder;
        this.scratch = device.scratch();
    }

    /** See {@link io.packcache.kvcache.compute.Backend#attentionWeights}. */
    void weights(float[] queries, int count, CellRows cell, float[] weights) {
        score(queries, count, cell);
        long values = (long) cell.rows() * count;
        call("probeWeights", cell, count).launch(Device.blocks(values), THREADS, 0);
        device.download(weights, 0, Math.toIntExact(values), weightsAt);
    }

    /** See {@link io.packcache.kvcache.compute.Backend#attentionMass}. */
    void mass(float[] queries, int count, CellRows cell, float[] mass) {
        score(queries, count, cell);
        int warps = THREADS / 32;
        call("probeMass", cell, count).launch((cell.rows() + warps - 1) / warps, THREADS, 0);
        device.download(mass, 0, cell.rows(), massAt);
    }

    private void score(float[] queries, int count, CellRows cell) {
        CellRows[] one = {cell};
        NumberFormat format = decoder.format(one);
        int size = cell.keys().columns();
        decoder.decode(one, 0, 1);
        reserve(size, count, cell.rows());
        device.upload(queriesAt, transposed(queries, count, size), 0, size * count);
        String kernel = format == NumberFormat.FLOAT32 ? "probeScores" : "probeScoresBfloat16";
        call(kernel, cell, count)
                .launch((cell.rows() + SCORED_ROWS - 1) / SCORED_ROWS, THREADS, SCORED_ROWS * size * Float.BYTES);
        call("probeSums", cell, count).launch(count, THREADS, SUMS_SHARED_BYTES);
    }

    private void reserve(int size, int count, int rows) {
        long small = (long) size * count + 2L * count + rows;
        queriesAt = scratch.reserve((small + (long) rows * count) * Float.BYTES);
        largestAt = queriesAt + (long) size * count * Float.BYTES;
        sumsAt = largestAt + (long) count * Float.BYTES;
        massAt = sumsAt + (long) count * Float.BYTES;
        weightsAt = massAt + (long) rows * Float.BYTES;
    }

    /** Queries side by side, scaled, so that neighbouring threads read neighbours. */
    private static float[] transposed(float[] queries, int count, int size) {
        float scale = (float) (1 / Math.sqrt(size));
        float[] transposed = new float[size * count];
        for (int query = 0; query < count; query++) {
            for (int channel = 0; channel < size; channel++) {
                transposed[channel * count + query] = queries[query * size + channel] * scale;
            }
        }
        return transposed;
    }

    private KernelCall call(String kernel, CellRows cell, int count) {
        KernelCall call = device.kernel(kernel)
                .pointer(queriesAt)
                .pointer(weightsAt)
                .pointer(largestAt)
                .pointer(sumsAt)
                .pointer(massAt);
        decoder.put(call, 0);
        return call.integer(count).integer(cell.keys().columns());
    }
}
