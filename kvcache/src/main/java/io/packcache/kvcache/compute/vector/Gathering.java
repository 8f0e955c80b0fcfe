package io.packcache.kvcache.compute.vector;

import static io.packcache.kvcache.compute.vector.Lanes.LANES;
import static io.packcache.kvcache.compute.vector.Lanes.load;

import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.internal.HostTensor;
import jdk.incubator.vector.FloatVector;

/**
 * Closes rows up towards the front and turns them on their way, one pass over each tensor, the tensors shared out among the
 * threads.
 *
 * <p>A sine or cosine is the sum of two floats here, so that what is lost by turning comes from rounding the result alone:
 * it has no preferred direction, and adding up over thousands of turns it grows with the square root of their number.
 */
final class Gathering implements WorkerPool.Work {

    private final WorkerPool pool;
    private float[] cosHigh = {}; // turns x pairs
    private float[] cosLow = {};
    private float[] sinHigh = {};
    private float[] sinLow = {};
    private RowGather rows;
    private Tensor[] turned;
    private Tensor[] moved;

    Gathering(WorkerPool pool) {
        this.pool = pool;
    }

    void gather(RowGather gather, Tensor[] toTurn, Tensor[] toMove) {
        rows = gather;
        turned = toTurn;
        moved = toMove;
        split();
        pool.run(this, turned.length + moved.length, 1);
    }

    private void split() {
        int count = rows.turns() * rows.pairs();
        if (count > cosHigh.length) {
            cosHigh = new float[count];
            cosLow = new float[count];
            sinHigh = new float[count];
            sinLow = new float[count];
        }
        for (int i = 0; i < count; i++) {
            cosHigh[i] = (float) rows.cos()[i];
            cosLow[i] = (float) (rows.cos()[i] - cosHigh[i]);
            sinHigh[i] = (float) rows.sin()[i];
            sinLow[i] = (float) (rows.sin()[i] - sinHigh[i]);
        }
    }

    @Override
    public void run(int from, int to, int worker) {
        for (int i = from; i < to; i++) {
            if (i < turned.length) {
                turn((HostTensor) turned[i]);
            } else {
                move((HostTensor) moved[i - turned.length]);
            }
        }
    }

    private void move(HostTensor tensor) {
        for (int stretch = 0; stretch < rows.stretches(); stretch++) {
            tensor.moveRows(rows.from(stretch), rows.to(stretch), rows.length(stretch));
        }
    }

    private void turn(HostTensor tensor) {
        float[] data = tensor.data();
        int half = rows.pairs();
        for (int stretch = 0; stretch < rows.stretches(); stretch++) {
            int turn = rows.turn(stretch);
            if (turn == RowGather.NO_TURN) {
                tensor.moveRows(rows.from(stretch), rows.to(stretch), rows.length(stretch));
                continue;
            }
            int from = rows.from(stretch) * 2 * half;
            int to = rows.to(stretch) * 2 * half;
            for (int row = 0; row < rows.length(stretch); row++) {
                turn(data, from + row * 2 * half, to + row * 2 * half, half, turn * half);
            }
        }
    }

    /** A row goes where another was read before, or stays where it is, so each pair is read before it is overwritten. */
    private void turn(float[] data, int from, int to, int half, int angle) {
        int j = 0;
        for (; j + LANES <= half; j += LANES) {
            FloatVector a = load(data, from + j);
            FloatVector b = load(data, from + half + j);
            FloatVector minusB = b.neg();
            FloatVector c = load(cosHigh, angle + j);
            FloatVector cRest = load(cosLow, angle + j);
            FloatVector s = load(sinHigh, angle + j);
            FloatVector sRest = load(sinLow, angle + j);
            FloatVector x = a.fma(c, minusB.fma(s, a.fma(cRest, minusB.mul(sRest))));
            FloatVector y = b.fma(c, a.fma(s, b.fma(cRest, a.mul(sRest))));
            x.intoArray(data, to + j);
            y.intoArray(data, to + half + j);
        }
        for (; j < half; j++) {
            double a = data[from + j];
            double b = data[from + half + j];
            double cos = rows.cos()[angle + j];
            double sin = rows.sin()[angle + j];
            data[to + j] = (float) (a * cos - b * sin);
            data[to + half + j] = (float) (b * cos + a * sin);
        }
    }
}
