package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.internal.CheckedBackend;

/** Guided draws: uniforms go to the device, columns and probabilities come back. */
final class DeviceSampling {

    private static final int THREADS = 256;

    /** A sum, a largest logit and its column for each warp, and the drawn column. */
    static final int SHARED_BYTES = THREADS / 32 * (Double.BYTES + Float.BYTES + Integer.BYTES) + Long.BYTES;

    private final Device device;
    private final Scratch scratch;

    DeviceSampling(Device device) {
        this.device = device;
        this.scratch = device.scratch();
    }

    void draw(
            long guided,
            long unguided,
            int outputs,
            int rows,
            float guidance,
            float temperature,
            float[] uniforms,
            int[] columns,
            float[] probabilities) {
        if (rows == 0) {
            return;
        }
        long uniformsAt = scratch.reserve(3L * rows * Float.BYTES);
        long columnsAt = uniformsAt + (long) rows * Float.BYTES;
        long probabilitiesAt = columnsAt + (long) rows * Integer.BYTES;
        device.upload(uniformsAt, uniforms, 0, rows);
        device.kernel("sample")
                .pointer(guided)
                .pointer(unguided)
                .pointer(uniformsAt)
                .pointer(columnsAt)
                .pointer(probabilitiesAt)
                .integer(outputs)
                .real(guidance)
                .real(temperature)
                .launch(rows, THREADS, SHARED_BYTES);
        device.download(columns, rows, columnsAt);
        device.download(probabilities, 0, rows, probabilitiesAt);
        for (int r = 0; r < rows; r++) {
            CheckedBackend.requireFinite(probabilities[r], r);
        }
    }
}
