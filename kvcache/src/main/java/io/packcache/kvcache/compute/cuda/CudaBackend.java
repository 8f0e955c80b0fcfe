package io.packcache.kvcache.compute.cuda;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.MaskedFrame;
import io.packcache.kvcache.compute.MaskedLayout;
import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.kvcache.compute.Recording;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import io.packcache.kvcache.compute.internal.CheckedBackend;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The backend for NVIDIA devices. Operations are queued; only what copies to the host waits for them.
 *
 * <p>All memory comes from one pool and goes back when the backend closes, tensors and weights that are still open included.
 * The result of a row does not depend on the rows beside it.
 */
public final class CudaBackend extends CheckedBackend<DeviceTensor> {

    /** In which numbers a backend from {@link #open()} multiplies: {@code bfloat16} or {@code float32}. */
    public static final String PRECISION_PROPERTY = "packcache.cuda.precision";

    private static final int THREADS = 256;

    /** Pairs of channels that one launch turns, see {@code rotateRows}. */
    private static final int MOST_PAIRS = 128;

    /** Heads that one launch stores. */
    private static final int MOST_HEADS = 64;

    private final Device device;
    private final Precision precision;
    private final ProductLibraries.Choice library;
    private final DeviceProduct product;
    private final DeviceAttention attention;
    private final DeviceProbes probes;
    private final DeviceSampling sampling;
    private final Scratch scratch;

    CudaBackend(CudaDriver driver, Precision precision) {
        this(driver, precision, device -> new ProductLibraries.Choice(null, "products by Packcache's kernel"));
    }

    private CudaBackend(CudaDriver driver, Precision precision, Function<Device, ProductLibraries.Choice> libraryOf) {
        this.device = new Device(driver);
        this.precision = precision;
        this.library = libraryOf.apply(device);
        HostMirror mirror = new HostMirror(device);
        this.product = new DeviceProduct(device, library.library());
        CellDecoder decoder = new CellDecoder(device, mirror);
        this.attention = new DeviceAttention(device, mirror, decoder);
        this.probes = new DeviceProbes(device, decoder);
        this.sampling = new DeviceSampling(device);
        this.scratch = device.scratch();
    }

    /** The machine is asked once: a class that failed to load says why only the first time. */
    private static final class Asked {
        static final Optional<String> REFUSAL = Refusal.of(new LocalMachine());
    }

    /** One sentence why this backend cannot run on this machine, or null if it can. */
    public static String refusal() {
        return Asked.REFUSAL.orElseGet(() -> precisionRefusal(System.getProperty(PRECISION_PROPERTY)));
    }

    /** Whether there is a device at all, whatever else may be missing. */
    public static boolean hasDevice() {
        return new LocalMachine().hasDeviceFile();
    }

    /**
     * Opens the first device, in bfloat16 unless {@value #PRECISION_PROPERTY} says otherwise.
     *
     * @throws IllegalStateException if the driver fails; the message names its call
     */
    public static CudaBackend open() {
        boolean wide = "float32".equals(System.getProperty(PRECISION_PROPERTY));
        return wide
                ? new CudaBackend(new DriverApi(), Precision.FLOAT32)
                : new CudaBackend(new DriverApi(), Precision.BFLOAT16, ProductLibraries::choose);
    }

    static String precisionRefusal(String setting) {
        return setting == null || setting.equals("bfloat16") || setting.equals("float32")
                ? null
                : "-D" + PRECISION_PROPERTY + "=" + setting + " is no precision: give bfloat16 or float32";
    }

    @Override
    public String name() {
        return "cuda";
    }

    /** The device and who multiplies on it. */
    @Override
    public String description() {
        return device.driver().description() + "; " + precision.name().toLowerCase(Locale.ROOT) + ", "
                + library.reason();
    }

    CudaDriver driver() {
        return device.driver();
    }

    /** Bytes of device memory in use, scratch memory included. */
    public long liveBytes() {
        return device.pool().liveBytes();
    }

    @Override
    public boolean remote() {
        return true;
    }

    @Override
    public Tensor allocate(int rows, int columns) {
        return new DeviceTensor(device, rows, columns, NumberFormat.FLOAT32);
    }

    @Override
    public NumberFormat cacheFormat() {
        return precision == Precision.BFLOAT16 ? NumberFormat.BFLOAT16 : NumberFormat.FLOAT32;
    }

    @Override
    public Tensor allocateCache(int rows, int columns) {
        return new DeviceTensor(device, rows, columns, cacheFormat());
    }

    @Override
    protected DeviceTensor own(Tensor tensor) {
        if (tensor instanceof DeviceTensor ours) {
            return ours;
        }
        throw new IllegalArgumentException("the CUDA backend cannot compute with a "
                + (tensor == null ? "null tensor" : tensor.getClass().getSimpleName() + " of another backend"));
    }

    @Override
    protected Weights packChecked(MatrixSource matrix, float[] bias) {
        return new DeviceWeights(device, precision, matrix, bias);
    }

    @Override
    public Indices allocateIndices(int length) {
        return new DeviceIndices(device, length, 0);
    }

    @Override
    public MaskedFrame maskedFrame(MaskedLayout layout) {
        return new DeviceMaskedFrame(device, layout);
    }

    @Override
    protected void embedChecked(DeviceTensor table, Indices rows, int count, DeviceTensor out) {
        if (!(rows instanceof DeviceIndices ours)) {
            throw new IllegalArgumentException("the CUDA backend cannot compute with indices of another backend");
        }
        if (count > 0) {
            device.kernel("embed")
                    .pointer(table.address(0))
                    .pointer(ours.address())
                    .pointer(out.address(0))
                    .integer(table.columns())
                    .launch(count, THREADS, 0);
        }
    }

    @Override
    protected void multiplyChecked(DeviceTensor x, int firstRow, int rows, Weights weights, DeviceTensor y) {
        if (!(weights instanceof DeviceWeights ours)) {
            throw new IllegalArgumentException("the CUDA backend cannot compute with weights of another backend");
        }
        product.multiply(x, firstRow, rows, ours, y);
    }

    @Override
    protected void rmsNormChecked(DeviceTensor x, int rows, DeviceTensor weight, float epsilon, DeviceTensor y) {
        if (rows > 0) {
            device.kernel("rmsNorm")
                    .pointer(x.address(0))
                    .pointer(weight.address(0))
                    .pointer(y.address(0))
                    .integer(x.columns())
                    .real(epsilon)
                    .launch(rows, THREADS, THREADS / 32 * Float.BYTES);
        }
    }

    @Override
    protected void headNormChecked(
            DeviceTensor x, int rows, int heads, DeviceTensor weight, DeviceTensor bias, float epsilon) {
        long count = (long) rows * heads;
        if (count > 0) {
            int warps = THREADS / 32;
            device.kernel("headNorm")
                    .pointer(x.address(0))
                    .pointer(weight.address(0))
                    .pointer(bias.address(0))
                    .pointer(count)
                    .integer(heads)
                    .integer(heads / weight.rows())
                    .integer(weight.columns())
                    .real(epsilon)
                    .launch(Math.toIntExact((count + warps - 1) / warps), THREADS, 0);
        }
    }

    @Override
    protected void rotateChecked(DeviceTensor x, int rows, int heads, DeviceTensor cos, DeviceTensor sin) {
        if (rows > 0) {
            device.kernel("rotate")
                    .pointer(x.address(0))
                    .pointer(cos.address(0))
                    .pointer(sin.address(0))
                    .integer(heads)
                    .integer(cos.columns())
                    .launch(rows, THREADS, 0);
        }
    }

    @Override
    protected void swiGluChecked(DeviceTensor gate, DeviceTensor up, int rows, DeviceTensor out) {
        long count = (long) rows * gate.columns();
        if (count > 0) {
            device.kernel("swiGlu")
                    .pointer(gate.address(0))
                    .pointer(up.address(0))
                    .pointer(out.address(0))
                    .pointer(count)
                    .launch(Device.blocks(count), THREADS, 0);
        }
    }

    @Override
    protected void addChecked(DeviceTensor x, int rows, DeviceTensor target) {
        long count = (long) rows * x.columns();
        if (count > 0) {
            device.kernel("add")
                    .pointer(x.address(0))
                    .pointer(target.address(0))
                    .pointer(count)
                    .launch(Device.blocks(count), THREADS, 0);
        }
    }

    @Override
    protected void storeHeadsChecked(DeviceTensor x, int firstRow, int rows, Tensor[] heads, int[] atRow) {
        int size = x.columns() / heads.length;
        for (int first = 0; first < heads.length && rows > 0; first += MOST_HEADS) {
            int count = Math.min(MOST_HEADS, heads.length - first);
            boolean wide = own(heads[first]).format() == NumberFormat.FLOAT32;
            KernelCall call =
                    device.kernel(wide ? "storeHeads" : "storeHeadsBfloat16").pointer(x.address(firstRow));
            for (int h = 0; h < MOST_HEADS; h++) {
                call.pointer(h < count ? own(heads[first + h]).address(0) : 0);
            }
            for (int h = 0; h < MOST_HEADS; h++) {
                call.integer(h < count ? atRow[first + h] : 0);
            }
            call.integer(first * size)
                    .integer(x.columns())
                    .integer(count)
                    .integer(size)
                    .launch(rows, THREADS, 0);
        }
    }

    @Override
    protected void attentionChecked(Attention call) {
        own(call.queries());
        own(call.output());
        for (CellRows cell : call.cells()) {
            own(cell.keys());
            own(cell.values());
        }
        attention.attend(call);
    }

    @Override
    protected void attentionWeightsChecked(float[] queries, int count, CellRows cell, float[] weights) {
        probes.weights(queries, count, cell, weights);
    }

    @Override
    protected void attentionMassChecked(float[] queries, int count, CellRows cell, float[] mass) {
        probes.mass(queries, count, cell, mass);
    }

    @Override
    protected void moveRowsChecked(DeviceTensor tensor, int from, int to, int count) {
        long bytes = (long) count * tensor.rowBytes();
        if (from == to || count == 0) {
            return;
        }
        if (Math.abs((long) from - to) >= count) {
            device.driver().copy(tensor.address(to), tensor.address(from), bytes);
            return;
        }
        long between = scratch.reserve(bytes);
        device.driver().copy(between, tensor.address(from), bytes);
        device.driver().copy(tensor.address(to), between, bytes);
    }

    @Override
    protected void copyRowsChecked(DeviceTensor from, int fromRow, DeviceTensor to, int toRow, int count) {
        if (from.rowBytes() != to.rowBytes()) {
            throw new IllegalArgumentException(
                    "rows of " + from.rowBytes() + " bytes cannot be copied to rows of " + to.rowBytes() + " bytes");
        }
        if (count > 0) {
            device.driver().copy(to.address(toRow), from.address(fromRow), (long) count * from.rowBytes());
        }
    }

    @Override
    public Recording record(Runnable work) {
        return new DeviceRecording(device, work);
    }

    @Override
    public void closeUp(Tensor[] tensors, int[] from, int[] length, int runs) {
        if (tensors.length > 0) {
            new CloseUp(device, scratch).move(tensors, from, length, runs);
        }
    }

    @Override
    protected void rotateRowsChecked(DeviceTensor tensor, int firstRow, int count, double[] cos, double[] sin) {
        if (cos.length > MOST_PAIRS) {
            throw new IllegalArgumentException(
                    "the CUDA backend turns rows of up to " + 2 * MOST_PAIRS + " channels, not " + 2 * cos.length);
        }
        if (count > 0) {
            boolean wide = tensor.format() == NumberFormat.FLOAT32;
            device.kernel(wide ? "rotateRows" : "rotateRowsBfloat16")
                    .pointer(tensor.address(firstRow))
                    .doubles(cos, MOST_PAIRS)
                    .doubles(sin, MOST_PAIRS)
                    .integer(cos.length)
                    .launch(count, 128, 0);
        }
    }

    @Override
    protected void sampleChecked(
            DeviceTensor guided,
            int guidedRow,
            DeviceTensor unguided,
            int unguidedRow,
            int rows,
            float guidance,
            float temperature,
            float[] uniforms,
            int[] columns,
            float[] probabilities) {
        sampling.draw(
                guided.address(guidedRow),
                unguided == null ? 0 : unguided.address(unguidedRow),
                guided.columns(),
                rows,
                guidance,
                temperature,
                uniforms,
                columns,
                probabilities);
    }

    @Override
    public void close() {
        if (library.library() != null) {
            library.library().close();
        }
        device.close();
    }
}
