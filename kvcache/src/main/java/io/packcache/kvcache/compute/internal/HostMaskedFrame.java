package io.packcache.kvcache.compute.internal;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.MaskedFrame;
import io.packcache.kvcache.compute.MaskedLayout;
import io.packcache.kvcache.compute.Tensor;
import java.util.Arrays;

/** A frame in Java arrays: the specification of {@link MaskedFrame}. Steps allocate nothing. */
final class HostMaskedFrame implements MaskedFrame {

    private static final double LEAST_PROBABILITY = 1e-20;

    private final Backend backend;
    private final MaskedLayout layout;
    private final HostIndices ids; // batch
    private final HostIndices chosen; // branches x codes

    private final int[] codes; // of the frame, negative where unknown
    private final int[] unknown; // which are, ascending
    private final int[] drawn; // of the frame
    private final double[] scores; // of the frame
    private final double[] sorted;
    private final float[] portionUniforms; // as many as there are codes, as the next two
    private final int[] portionCodes;
    private final float[] portionProbabilities;

    private float[] uniforms; // steps x codes
    private double[] noise; // steps x codes, or null
    private int unknowns;
    private int step;

    HostMaskedFrame(Backend backend, MaskedLayout layout) {
        int count = layout.codes();
        this.backend = backend;
        this.layout = layout;
        this.ids = new HostIndices(layout.batchRows());
        this.chosen = new HostIndices(layout.branches() * count);
        this.codes = new int[count];
        this.unknown = new int[count];
        this.drawn = new int[count];
        this.scores = new double[count];
        this.sorted = new double[count];
        this.portionUniforms = new float[count];
        this.portionCodes = new int[count];
        this.portionProbabilities = new float[count];
        ids.bound(layout.idBound());
        chosen.bound(layout.batchRows());
    }

    @Override
    public void begin(float[] uniformsOfFrame, double[] noiseOfFrame) {
        CheckedBackend.requireNumbers(layout, uniformsOfFrame, noiseOfFrame);
        uniforms = uniformsOfFrame;
        noise = noiseOfFrame;
        step = 0;
        Arrays.fill(codes, -1);
        listUnknown();
        for (int branch = 0; branch < layout.branches(); branch++) {
            System.arraycopy(layout.ids(), 0, ids.values(), branch * layout.frameRows(), layout.frameRows());
        }
    }

    private void listUnknown() {
        unknowns = 0;
        for (int code = 0; code < codes.length; code++) {
            if (codes[code] < 0) {
                unknown[unknowns++] = code;
            } else {
                scores[code] = Double.POSITIVE_INFINITY;
            }
        }
    }

    @Override
    public Indices ids() {
        return ids;
    }

    @Override
    public int rows() {
        return unknowns;
    }

    @Override
    public void choose(int rows) {
        for (int branch = 0; branch < layout.branches(); branch++) {
            for (int i = 0; i < rows; i++) {
                int code = unknown[Math.max(0, Math.min(i, unknowns - 1))];
                chosen.values()[branch * rows + i] = branch * layout.frameRows() + layout.rowOfCode()[code];
            }
        }
    }

    @Override
    public Indices chosen() {
        return chosen;
    }

    @Override
    public void draw(Tensor logits, int first, int count) {
        int rows = Math.min(count, unknowns - first);
        if (rows <= 0) {
            return;
        }
        int at = step * codes.length;
        for (int i = 0; i < rows; i++) {
            portionUniforms[i] = uniforms[at + unknown[first + i]];
        }
        backend.sample(
                logits,
                0,
                layout.branches() == 2 ? logits : null,
                count,
                rows,
                layout.guidance(),
                layout.temperature(),
                portionUniforms,
                portionCodes,
                portionProbabilities);
        for (int i = 0; i < rows; i++) {
            int code = unknown[first + i];
            drawn[code] = portionCodes[i];
            double confidence = Math.log(Math.max(portionProbabilities[i], LEAST_PROBABILITY));
            scores[code] = noise == null ? confidence : confidence + noise[at + code];
        }
    }

    @Override
    public void keep() {
        int lowest = layout.lowest(step, unknowns);
        double cut = Double.NEGATIVE_INFINITY;
        if (lowest > 0) {
            System.arraycopy(scores, 0, sorted, 0, sorted.length);
            Arrays.sort(sorted);
            cut = sorted[Math.min(lowest, sorted.length - 1)];
        }
        for (int i = 0; i < unknowns; i++) {
            int code = unknown[i];
            if (scores[code] >= cut) {
                codes[code] = drawn[code];
                writeId(layout.rowOfCode()[code], layout.firstCode() + codes[code]);
            }
        }
        listUnknown();
        step++;
    }

    private void writeId(int row, int id) {
        for (int branch = 0; branch < layout.branches(); branch++) {
            ids.values()[branch * layout.frameRows() + row] = id;
        }
    }

    @Override
    public int settle() {
        return unknowns;
    }

    @Override
    public void store() {
        for (int row = 0; row < layout.frameRows(); row++) {
            if (layout.storedIds()[row] >= 0) {
                writeId(row, layout.storedIds()[row]);
            }
        }
    }

    @Override
    public void codes(int[] target) {
        System.arraycopy(codes, 0, target, 0, codes.length);
    }

    @Override
    public void close() {
        // The arrays go when nobody needs them.
    }
}
