package io.packcache.kvcache.compute.vector;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.MatrixSource;
import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import io.packcache.kvcache.compute.internal.HostBackend;
import io.packcache.kvcache.compute.internal.HostTensor;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * The CPU backend for real work: vector kernels, each operation spread over a fixed pool of daemon threads.
 *
 * <p>The result does not depend on the number of threads, nor that of a row on the rows beside it. Scratch memory grows
 * to the largest shape seen and stays. The system property {@code packcache.vector.bits} (128, 256 or 512) narrows the
 * vectors below the machine's preferred width.
 */
public final class VectorBackend extends HostBackend {

    private final WorkerPool pool;
    private final MatrixProduct product;
    private final FusedAttention attention;
    private final Sampling sampling;
    private final Gathering gathering;
    private final RowNorm rowNorm = new RowNorm();
    private final HeadNorm headNorm = new HeadNorm();
    private final Rotation rotation = new Rotation();
    private final GatedUnit gatedUnit;
    private final Sum sum = new Sum();

    /**
     * Starts the pool.
     *
     * @param threads threads that compute, the caller included; at least 1
     */
    public VectorBackend(int threads) {
        pool = new WorkerPool(threads);
        product = new MatrixProduct(pool);
        attention = new FusedAttention(pool);
        sampling = new Sampling(pool);
        gathering = new Gathering(pool);
        gatedUnit = new GatedUnit(pool);
    }

    /** One sentence why this backend cannot run on this machine, or null if it can. */
    public static String refusal() {
        int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        if (preferred < 128) {
            return "this machine prefers vectors of " + preferred + " bits, and the kernels need at least 128";
        }
        String bits = System.getProperty(Lanes.WIDTH_PROPERTY);
        if (bits == null) {
            return null;
        }
        if (!bits.equals("128") && !bits.equals("256") && !bits.equals("512")) {
            return "-D" + Lanes.WIDTH_PROPERTY + "=" + bits + " is not a vector width: give 128, 256 or 512";
        }
        return Integer.parseInt(bits) <= preferred
                ? null
                : "-D" + Lanes.WIDTH_PROPERTY + "=" + bits + " is wider than the " + preferred
                        + " bits this machine prefers";
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    protected Weights packChecked(MatrixSource matrix, float[] bias) {
        return new PanelWeights(pool, matrix, bias);
    }

    @Override
    protected void multiplyChecked(HostTensor x, int firstRow, int rows, Weights weights, HostTensor y) {
        if (!(weights instanceof PanelWeights panels)) {
            throw new IllegalArgumentException("the vector backend cannot compute with weights of another backend");
        }
        product.multiply(x, firstRow, rows, panels, y);
    }

    @Override
    protected void rmsNormChecked(HostTensor x, int rows, HostTensor weight, float epsilon, HostTensor y) {
        rowNorm.normalize(pool, x, rows, weight, epsilon, y);
    }

    @Override
    protected void headNormChecked(
            HostTensor x, int rows, int heads, HostTensor weight, HostTensor bias, float epsilon) {
        headNorm.normalize(pool, x, rows, heads, weight, bias, epsilon);
    }

    @Override
    protected void rotateChecked(HostTensor x, int rows, int heads, HostTensor cos, HostTensor sin) {
        rotation.rotate(pool, x, rows, heads, cos, sin);
    }

    @Override
    protected void swiGluChecked(HostTensor gate, HostTensor up, int rows, HostTensor out) {
        gatedUnit.apply(gate, up, rows, out);
    }

    @Override
    protected void addChecked(HostTensor x, int rows, HostTensor target) {
        sum.add(pool, x, rows, target);
    }

    @Override
    protected void attentionChecked(Attention call) {
        attention.attend(call);
    }

    @Override
    protected void gatherChecked(RowGather rows, Tensor[] turned, Tensor[] moved) {
        gathering.gather(rows, turned, moved);
    }

    @Override
    protected void sampleChecked(
            HostTensor guided,
            int guidedRow,
            HostTensor unguided,
            int unguidedRow,
            int rows,
            float guidance,
            float temperature,
            float[] uniforms,
            int[] columns,
            float[] probabilities) {
        sampling.guided(guided, guidedRow)
                .unguided(unguided, unguidedRow, guidance)
                .draw(rows, temperature, uniforms, columns, probabilities);
    }

    @Override
    public double peakGigaflops() {
        return new FmaPeak().gigaflops(pool);
    }

    @Override
    public void warmUp() {
        try (VectorBackend own = new VectorBackend(1)) {
            new WarmUp(own).run();
        }
    }

    @Override
    public Optional<Backend> beside() {
        return pool.threads() == 1 ? Optional.empty() : Optional.of(new VectorBackend(pool.threads()));
    }

    @Override
    public void close() {
        pool.close();
    }
}
