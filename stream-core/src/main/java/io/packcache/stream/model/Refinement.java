package io.packcache.stream.model;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.MaskedFrame;
import io.packcache.kvcache.compute.MaskedLayout;
import io.packcache.kvcache.compute.Recording;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The refinement steps of one frame after the other: each runs the batch, draws every unknown code and keeps the confident ones.
 * What is drawn with is sent once a frame; a step then runs where the backend computes, from recordings where it has any,
 * and the host hears of it once, at its end.
 */
final class Refinement implements AutoCloseable {

    /** No content index; never changed. */
    private static final BitSet UNMASKED = new BitSet();

    private final Backend backend;
    private final UnmaskingSchedule schedule;
    private final MaskedFrame frame;
    private final int portion; // codes whose logits fit the head's memory
    private final int branches;
    private final int codes;
    private final float[] uniforms; // steps x codes
    private final double[] noise; // steps x codes

    private ForwardPass pass; // of the frame begun, else null
    private Recording beginning;
    private final Map<Integer, Recording> ends = new HashMap<>(); // by rows of each branch
    private int unknown;

    /**
     * Reserves its memory.
     *
     * @param layout of the frames, the same in every branch
     * @param branches 1, or 2 with an unguided one
     * @param historyMask content indices that are stored as MASK
     */
    Refinement(
            Transformer transformer,
            Activations activations,
            SequenceLayout layout,
            int branches,
            SamplingSettings sampling,
            BitSet historyMask) {
        this.backend = transformer.backend();
        this.codes = layout.grid().codes();
        this.schedule = new UnmaskingSchedule(codes, sampling.steps());
        this.branches = branches;
        this.portion = Math.min(codes, activations.headRows() / branches);
        this.uniforms = new float[Math.multiplyExact(schedule.steps(), codes)];
        this.noise = new double[uniforms.length];
        this.frame = backend.maskedFrame(masked(transformer, layout, sampling, historyMask));
    }

    private MaskedLayout masked(
            Transformer transformer, SequenceLayout layout, SamplingSettings sampling, BitSet historyMask) {
        FrameGrid grid = layout.grid();
        int[] rowOfCode = new int[codes];
        Arrays.setAll(rowOfCode, layout::rowOfCode);
        int[] unknownAfter = new int[schedule.steps()];
        Arrays.setAll(unknownAfter, schedule::target);
        int[] ids = new int[grid.frameLength()];
        int[] stored = new int[grid.frameLength()];
        int[] none = new int[codes];
        Arrays.fill(none, -1);
        layout.writeFrame(none, UNMASKED, ids);
        layout.writeFrame(none, historyMask, stored);
        for (int row : rowOfCode) {
            stored[row] = historyMask.get(row - grid.markersBefore()) ? stored[row] : -1;
        }
        return new MaskedLayout(
                branches,
                rowOfCode,
                ids,
                stored,
                layout.firstCode(),
                transformer.headOutputs(),
                unknownAfter,
                (float) sampling.guidance(),
                (float) sampling.temperature());
    }

    UnmaskingSchedule schedule() {
        return schedule;
    }

    /** Codes that are not known yet. */
    int unknown() {
        return unknown;
    }

    /**
     * Begins a frame.
     *
     * @param staged its rows, of every branch
     * @param random what its codes are drawn with
     * @param choiceTemperature of the first step, see {@link SamplingSettings}
     */
    void begin(ForwardPass staged, SplittableRandom random, double choiceTemperature) {
        end();
        boolean noisy = drawNumbers(random, choiceTemperature);
        frame.begin(uniforms, noisy ? noise : null);
        unknown = codes;
        pass = staged;
        beginning = backend.record(() -> {
            staged.embed(frame.ids());
            staged.runToLastKeys();
        });
    }

    /**
     * A number per code and step, known or not, so that what a position gets does not depend on which others are known.
     *
     * @return whether any of the noise is not 0
     */
    private boolean drawNumbers(SplittableRandom random, double choiceTemperature) {
        boolean noisy = false;
        for (int step = 0; step < schedule.steps(); step++) {
            for (int code = 0; code < codes; code++) {
                uniforms[step * codes + code] = random.nextFloat();
            }
            double temperature = choiceTemperature * schedule.choiceShare(step);
            noisy |= temperature != 0;
            for (int code = 0; code < codes; code++) {
                noise[step * codes + code] = temperature == 0 ? 0 : temperature * Gumbel.next(random);
            }
        }
        return noisy;
    }

    /** One step; where nothing is left that it could change it does nothing. */
    void step() {
        if (unknown == 0) {
            return;
        }
        int rows = frame.rows();
        beginning.run();
        ends.computeIfAbsent(rows, count -> backend.record(() -> finishStep(count)))
                .run();
        unknown = frame.settle();
    }

    private void finishStep(int rows) {
        frame.choose(rows);
        pass.runToNorm(frame.chosen(), rows);
        for (int first = 0; first < rows; first += portion) {
            int count = Math.min(portion, rows - first);
            frame.draw(pass.logits(first, count, rows), first, count);
        }
        frame.keep();
    }

    /** The codes of a frame whose steps are all made; makes {@link #ids} those of the frame as it is stored. */
    int[] codes() {
        end();
        int[] found = new int[codes];
        frame.store();
        frame.codes(found);
        return found;
    }

    /** The token ids of the batch. */
    Indices ids() {
        return frame.ids();
    }

    /** Forgets what was recorded of the frame begun. */
    void end() {
        if (pass != null) {
            pass = null;
            beginning.close();
            ends.values().forEach(Recording::close);
            ends.clear();
        }
    }

    @Override
    public void close() {
        end();
        frame.close();
    }
}
