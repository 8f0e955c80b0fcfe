package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Weights;
import io.packcache.kvcache.compute.rows.Bfloat16;

/**
 * A weight matrix in device memory, one row per output as in a checkpoint. In float32 mode numbers keep their format; for tensor
 * cores they are bfloat16, each row filled up with zeros to {@link #pitch()}.
 */
final class DeviceWeights implements Weights {

    /** Inputs that the tensor-core product takes at a time. */
    private static final int SLICE = 32;

    /** Values that are read at a time, at least one row. */
    private static final int READ_VALUES = 1 << 18;

    private final Device device;
    private final Precision precision;
    private final int outputs;
    private final int inputs;
    private final NumberFormat format;
    private final float[] bias;

    private MatrixSource source; // until prepared
    private DeviceMemory matrix; // once prepared
    private DeviceMemory biases; // once prepared, where there are any

    DeviceWeights(Device device, Precision precision, MatrixSource source, float[] bias) {
        this.device = device;
        this.precision = precision;
        this.source = source;
        this.outputs = source.outputs();
        this.inputs = source.inputs();
        this.format = precision == Precision.BFLOAT16 ? NumberFormat.BFLOAT16 : source.format();
        this.bias = bias == null ? null : bias.clone();
    }

    @Override
    public int outputs() {
        return outputs;
    }

    @Override
    public int inputs() {
        return inputs;
    }

    Precision precision() {
        return precision;
    }

    NumberFormat format() {
        return format;
    }

    /** Values from one row to the next. */
    int pitch() {
        return precision == Precision.BFLOAT16 ? pitch(inputs) : inputs;
    }

    /** So many inputs, filled up for tensor cores. */
    static int pitch(int inputs) {
        return Math.multiplyExact((inputs + SLICE - 1) / SLICE, SLICE);
    }

    /** Where the matrix lies, once it is prepared. */
    long address() {
        if (matrix == null) {
            throw new IllegalStateException("weights of shape (" + outputs + ", " + inputs + ") are used after close");
        }
        return matrix.address();
    }

    /** Where the bias lies, or 0. */
    long biasAddress() {
        return biases == null ? 0 : biases.address();
    }

    @Override
    public long bytes() {
        return (long) outputs * pitch() * format.bytes() + (bias == null ? 0 : (long) bias.length * Float.BYTES);
    }

    @Override
    public void prepare() {
        if (source == null) {
            return;
        }
        DeviceMemory target = device.pool().allocate((long) outputs * pitch() * format.bytes());
        try {
            copyMatrix(target.address());
            if (bias != null) {
                biases = device.pool().allocate((long) bias.length * Float.BYTES);
                device.upload(biases.address(), bias, 0, bias.length);
            }
        } catch (RuntimeException | Error e) {
            target.close();
            throw e;
        }
        matrix = target;
        source = null;
    }

    private void copyMatrix(long to) {
        int rowsAtATime = Math.max(1, Math.min(outputs, READ_VALUES / inputs));
        float[] rows = new float[Math.multiplyExact(rowsAtATime, inputs)];
        short[] narrow = new short[format == NumberFormat.FLOAT32 ? 0 : Math.multiplyExact(rowsAtATime, pitch())];
        for (int first = 0; first < outputs; first += rowsAtATime) {
            int count = Math.min(rowsAtATime, outputs - first);
            source.read(first, count, rows);
            long at = to + (long) first * pitch() * format.bytes();
            if (format == NumberFormat.FLOAT32) {
                device.upload(at, rows, 0, count * inputs);
            } else {
                narrow(rows, count, narrow);
                device.upload(at, narrow, count * pitch());
            }
        }
    }

    private void narrow(float[] rows, int count, short[] target) {
        for (int r = 0; r < count; r++) {
            for (int k = 0; k < inputs; k++) {
                float value = rows[r * inputs + k];
                target[r * pitch() + k] =
                        precision == Precision.BFLOAT16 ? Bfloat16.nearest(value) : (short) format.narrow(value);
            }
        }
    }

    @Override
    public void close() {
        source = null;
        if (matrix != null) {
            matrix.close();
            matrix = null;
        }
        if (biases != null) {
            biases.close();
            biases = null;
        }
    }
}
