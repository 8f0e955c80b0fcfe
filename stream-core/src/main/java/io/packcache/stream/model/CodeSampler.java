package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import java.util.SplittableRandom;

/** Draws one code for each unknown position of a frame, in portions that fit the head's memory. Allocates nothing. */
final class CodeSampler {

    private final Backend backend;
    private final SequenceLayout layout;
    private final float guidance;
    private final float temperature;
    private final int branches;
    private final int portion;

    private final int[] rowsRead; // branches x codes of a frame
    private final float[] uniforms; // codes of a frame
    private final int[] positions; // portion
    private final int[] batchRows; // branches x portion
    private final float[] portionUniforms; // portion
    private final int[] portionCodes; // portion
    private final float[] portionProbabilities; // portion

    CodeSampler(Transformer transformer, Activations activations, SequenceLayout layout, SamplingSettings sampling) {
        this.backend = transformer.backend();
        this.layout = layout;
        this.guidance = (float) sampling.guidance();
        this.temperature = (float) sampling.temperature();
        this.branches = sampling.guided() ? 2 : 1;
        int codes = layout.grid().codes();
        this.portion = Math.min(codes, activations.headRows() / branches);
        this.rowsRead = new int[branches * codes];
        this.uniforms = new float[codes];
        this.positions = new int[portion];
        this.batchRows = new int[branches * portion];
        this.portionUniforms = new float[portion];
        this.portionCodes = new int[portion];
        this.portionProbabilities = new float[portion];
    }

    /**
     * The rows whose logits {@link #draw} will read.
     *
     * @param known codes of the frame, negative where unknown
     * @return how many there are in {@link #rowsRead}
     */
    int chooseRows(ForwardPass pass, int[] known) {
        int count = 0;
        for (int b = 0; b < branches; b++) {
            for (int code = 0; code < known.length; code++) {
                if (known[code] < 0) {
                    rowsRead[count++] = pass.firstRow(b) + layout.rowOfCode(code);
                }
            }
        }
        return count;
    }

    /** Rows of the batch, as chosen last. */
    int[] rowsRead() {
        return rowsRead;
    }

    /**
     * Draws from the logits of the pass's last run. Consumes one random number per code of the frame, known or not, so
     * that what a position gets does not depend on which others are known.
     *
     * @param known codes of the frame, negative where unknown
     * @param drawn receives a code where {@code known} is negative
     * @param probabilities receives the probability of each drawn code
     */
    void draw(ForwardPass pass, SplittableRandom random, int[] known, int[] drawn, float[] probabilities) {
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = random.nextFloat();
        }
        int count = 0;
        for (int code = 0; code < known.length; code++) {
            if (known[code] < 0) {
                positions[count++] = code;
            }
            if (count == portion || (count > 0 && code == known.length - 1)) {
                drawPortion(pass, count, drawn, probabilities);
                count = 0;
            }
        }
    }

    private void drawPortion(ForwardPass pass, int count, int[] drawn, float[] probabilities) {
        for (int i = 0; i < count; i++) {
            portionUniforms[i] = uniforms[positions[i]];
            for (int b = 0; b < branches; b++) {
                batchRows[b * count + i] = pass.firstRow(b) + layout.rowOfCode(positions[i]);
            }
        }
        Tensor logits = pass.logits(batchRows, branches * count);
        Tensor unguided = branches == 2 ? logits : null;
        backend.sample(
                logits,
                0,
                unguided,
                count,
                count,
                guidance,
                temperature,
                portionUniforms,
                portionCodes,
                portionProbabilities);
        for (int i = 0; i < count; i++) {
            drawn[positions[i]] = portionCodes[i];
            probabilities[positions[i]] = portionProbabilities[i];
        }
    }
}
