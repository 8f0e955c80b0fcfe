package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.MaskedFrame;
import io.packcache.kvcache.compute.MaskedLayout;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.internal.CheckedBackend;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A frame of masked decoding in device memory: kernels draw, choose what stays and write the token ids. Of a step the host hears
 * how many codes are unknown, and of a frame its codes, which are copied on a stream of their own.
 */
final class DeviceMaskedFrame implements MaskedFrame {

    private static final int THREADS = 256;
    private static final int LIST_SHARED_BYTES = THREADS * Integer.BYTES;

    /** Rows of a branch grow by at least so many at a time, and by at most a {@value #MOST_SHAPES}th of a frame. */
    private static final int LEAST_ROWS = 64;

    private static final int MOST_SHAPES = 16;

    /** Step, unknown codes, first broken code. */
    private static final int STATE = 3;

    private final Device device;
    private final MaskedLayout layout;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private final DeviceIndices ids;
    private final DeviceIndices chosen;
    private final long rowOfCode;
    private final long startIds;
    private final long storedIds;
    private final long unknownAfter;
    private final long state;
    private final long codes;
    private final long unknownCodes;
    private final long drawn;
    private final long scores;
    private final long uniforms;
    private final long noise;
    private final ByteBuffer landed; // codes on their way to the host
    private final int[] settled = new int[STATE];

    private boolean noisy;
    private int unknown;
    private boolean closed;

    DeviceMaskedFrame(Device device, MaskedLayout layout) {
        this.device = device;
        this.layout = layout;
        int count = layout.codes();
        long numbers = (long) layout.steps() * count;
        try {
            ids = own(new DeviceIndices(device, layout.batchRows(), layout.idBound()));
            chosen = own(new DeviceIndices(device, layout.branches() * count, layout.batchRows()));
            rowOfCode = table(layout.rowOfCode());
            startIds = table(layout.ids());
            storedIds = table(layout.storedIds());
            unknownAfter = table(layout.unknownAfter());
            state = reserve((long) STATE * Integer.BYTES);
            codes = reserve((long) count * Integer.BYTES);
            unknownCodes = reserve((long) count * Integer.BYTES);
            drawn = reserve((long) count * Integer.BYTES);
            scores = reserve((long) count * Double.BYTES);
            uniforms = reserve(numbers * Float.BYTES);
            noise = reserve(numbers * Double.BYTES);
            landed = device.driver()
                    .pin(Math.multiplyExact(count, Integer.BYTES))
                    .order(ByteOrder.nativeOrder());
        } catch (RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    private <T extends AutoCloseable> T own(T memory) {
        owned.add(memory);
        return memory;
    }

    private long reserve(long bytes) {
        return own(device.pool().allocate(bytes)).address();
    }

    private long table(int[] values) {
        long address = reserve((long) values.length * Integer.BYTES);
        device.upload(address, values, values.length);
        return address;
    }

    @Override
    public void begin(float[] uniformsOfFrame, double[] noiseOfFrame) {
        CheckedBackend.requireNumbers(layout, uniformsOfFrame, noiseOfFrame);
        device.driver().awaitFetch();
        device.upload(uniforms, uniformsOfFrame, 0, uniformsOfFrame.length);
        noisy = noiseOfFrame != null;
        if (noisy) {
            device.upload(noise, noiseOfFrame);
        }
        unknown = layout.codes();
        launch("beginMasked", Math.max(layout.batchRows(), layout.codes()), 0);
    }

    /** A kernel with a thread for each of so many things. */
    private void launch(String kernel, int things, int rows) {
        if (things > 0) {
            call(kernel, rows).launch(blocks(things), THREADS, 0);
        }
    }

    private KernelCall call(String kernel, int rows) {
        return device.kernel(kernel)
                .pointer(rowOfCode)
                .pointer(startIds)
                .pointer(storedIds)
                .pointer(unknownAfter)
                .pointer(state)
                .pointer(codes)
                .pointer(unknownCodes)
                .pointer(drawn)
                .pointer(scores)
                .pointer(ids.address())
                .pointer(chosen.address())
                .integer(layout.codes())
                .integer(layout.steps())
                .integer(layout.branches())
                .integer(layout.frameRows())
                .integer(layout.firstCode())
                .integer(rows);
    }

    private static int blocks(long threads) {
        return Math.toIntExact((threads + THREADS - 1) / THREADS);
    }

    @Override
    public Indices ids() {
        return ids;
    }

    @Override
    public int rows() {
        return rows(unknown, layout.codes());
    }

    /** So many unknown codes, rounded up so that a frame's steps have few different shapes. */
    static int rows(int unknown, int codes) {
        int unit = Math.max(LEAST_ROWS, (codes + MOST_SHAPES - 1) / MOST_SHAPES);
        return (int) Math.min(codes, (unknown + unit - 1L) / unit * unit);
    }

    @Override
    public void choose(int rows) {
        launch("chooseMasked", rows, rows);
    }

    @Override
    public Indices chosen() {
        return chosen;
    }

    @Override
    public void draw(Tensor logits, int first, int count) {
        if (!(logits instanceof DeviceTensor ours)
                || ours.columns() != layout.outputs()
                || ours.rows() < (long) layout.branches() * count) {
            throw new IllegalArgumentException("drawing " + count + " codes takes logits on this device, "
                    + layout.branches() + " x " + count + " rows of " + layout.outputs() + ", not "
                    + logits.rows() + " rows of " + logits.columns());
        }
        device.kernel("drawMasked")
                .pointer(ours.address(0))
                .pointer(uniforms)
                .pointer(noisy ? noise : 0)
                .pointer(unknownCodes)
                .pointer(state)
                .pointer(drawn)
                .pointer(scores)
                .integer(layout.outputs())
                .integer(layout.codes())
                .integer(first)
                .integer(count)
                .integer(layout.branches())
                .real(layout.guidance())
                .real(layout.temperature())
                .launch(count, THREADS, DeviceSampling.SHARED_BYTES);
    }

    @Override
    public void keep() {
        call("keepMasked", 0).launch(blocks(32L * layout.codes()), THREADS, 0);
        call("listMasked", 0).launch(1, THREADS, LIST_SHARED_BYTES);
    }

    @Override
    public int settle() {
        device.download(settled, STATE, state);
        if (settled[2] != Integer.MAX_VALUE) {
            CheckedBackend.requireFinite(Double.NaN, settled[2]);
        }
        unknown = settled[1];
        return unknown;
    }

    @Override
    public void store() {
        device.driver().fetch(landed, codes);
        launch("storeMasked", layout.batchRows(), 0);
    }

    @Override
    public void codes(int[] target) {
        device.driver().awaitFetch();
        landed.clear().asIntBuffer().get(target, 0, layout.codes());
    }

    @Override
    public void close() {
        if (!closed && !device.closed()) {
            device.driver().awaitFetch();
            device.driver().unpin(landed);
            release();
        }
        closed = true;
    }

    private void release() {
        for (AutoCloseable memory : owned) {
            try {
                memory.close();
            } catch (Exception e) {
                throw new IllegalStateException("device memory could not be given back", e);
            }
        }
        owned.clear();
    }
}
