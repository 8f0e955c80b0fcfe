package io.packcache.kvcache.compute.vector;

import io.packcache.kvcache.compute.internal.HostBackend;
import io.packcache.kvcache.compute.internal.HostTensor;
import java.util.Arrays;

/** Draws one column per row of logits, rows spread over the pool. */
final class Sampling implements WorkerPool.Work {

    private final WorkerPool pool;
    private final Sampler[] samplers;
    private HostTensor guided;
    private HostTensor unguided;
    private int guidedRow;
    private int unguidedRow;
    private float guidance;
    private float temperature;
    private float[] uniforms;
    private int[] columns;
    private float[] probabilities;

    Sampling(WorkerPool pool) {
        this.pool = pool;
        samplers = new Sampler[pool.threads()];
        Arrays.setAll(samplers, i -> new Sampler());
    }

    Sampling guided(HostTensor logits, int firstRow) {
        guided = logits;
        guidedRow = firstRow;
        return this;
    }

    /** {@code logits} may be null. */
    Sampling unguided(HostTensor logits, int firstRow, float strength) {
        unguided = logits;
        unguidedRow = firstRow;
        guidance = strength;
        return this;
    }

    void draw(int rows, float heat, float[] numbers, int[] drawn, float[] chances) {
        temperature = heat;
        uniforms = numbers;
        columns = drawn;
        probabilities = chances;
        pool.run(this, rows, Lanes.rowsPerChunk(guided.columns()));
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int r = from; r < to; r++) {
            drawRow(r, samplers[worker]);
        }
    }

    private void drawRow(int r, Sampler sampler) {
        int count = guided.columns();
        float[] other = unguided == null ? null : unguided.data();
        sampler.read(count, guided.data(), (guidedRow + r) * count, other, (unguidedRow + r) * count, guidance);
        int best = sampler.best();
        double sum = sampler.exponentiate(temperature == 0 ? 1 : temperature);
        HostBackend.requireFinite(sum, r);
        columns[r] = temperature == 0 ? best : sampler.draw(uniforms[r] * sum);
        probabilities[r] = (float) Math.max(sampler.weight(columns[r]) / sum, Float.MIN_NORMAL);
    }
}
