package io.packcache.stream.model;

import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.position.RotaryScheme;
import java.util.List;

/**
 * The memory that forward passes compute in, reserved once. One session at a time.
 *
 * <p>All have one row per row of the batch, but for those of the head, which works in portions.
 */
public final class Activations implements AutoCloseable {

    /** Most logits held at a time; the head's vocabulary decides how many rows that is. */
    private static final int MOST_LOGITS = 1 << 25;

    private final int rows;
    private final int mostHeadRows;
    private final OwnedMemory memory = new OwnedMemory();

    final Tensor hidden; // rows x D
    final Tensor normed; // rows x D
    final Tensor queries; // rows x H d
    final Tensor keys; // rows x Hk d
    final Tensor values; // rows x Hk d
    final Tensor attended; // rows x H d
    final Tensor gate; // rows x F
    final Tensor up; // rows x F
    final Tensor cos; // rows x d/2
    final Tensor sin; // rows x d/2
    final Tensor wanted; // rows x D, hidden state of the rows that the last block is computed for
    final Tensor wantedCos; // rows x d/2
    final Tensor wantedSin; // rows x d/2
    final Tensor headInput; // headRows x D
    final Tensor logits; // headRows x outputs
    final Indices batchIds; // rows
    final Indices chosen; // rows, those that the last block is computed for
    final Indices headRows; // headRows, of the normed rows
    final int[] ids; // rows
    private final double[] angles; // d/2
    private final float[] cosines; // rows x d/2
    private final float[] sines; // rows x d/2

    /**
     * Reserves memory for batches of up to {@code rows} rows.
     *
     * @param rows rows of all branches together, at least 1
     */
    public Activations(Transformer transformer, int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("a batch has at least 1 row, got " + rows);
        }
        NetworkConfig network = transformer.network();
        Backend backend = transformer.backend();
        int kvWidth = network.kvHeads() * network.headSize();
        int pairs = network.headSize() / 2;
        this.rows = rows;
        this.mostHeadRows = headRows(rows, transformer.headOutputs());
        try {
            hidden = allocate(backend, rows, network.hidden());
            normed = allocate(backend, rows, network.hidden());
            queries = allocate(backend, rows, network.hidden());
            keys = allocate(backend, rows, kvWidth);
            values = allocate(backend, rows, kvWidth);
            attended = allocate(backend, rows, network.hidden());
            gate = allocate(backend, rows, network.intermediate());
            up = allocate(backend, rows, network.intermediate());
            cos = allocate(backend, rows, pairs);
            sin = allocate(backend, rows, pairs);
            wanted = allocate(backend, rows, network.hidden());
            wantedCos = allocate(backend, rows, pairs);
            wantedSin = allocate(backend, rows, pairs);
            headInput = allocate(backend, mostHeadRows, network.hidden());
            logits = allocate(backend, mostHeadRows, transformer.headOutputs());
            batchIds = memory.own(backend.allocateIndices(rows));
            chosen = memory.own(backend.allocateIndices(rows));
            headRows = memory.own(backend.allocateIndices(mostHeadRows));
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
        ids = new int[rows];
        angles = new double[pairs];
        cosines = new float[Math.multiplyExact(rows, pairs)];
        sines = new float[cosines.length];
    }

    /**
     * Bytes that {@link #Activations} would reserve.
     *
     * @param outputs columns of the logits
     */
    public static long bytes(NetworkConfig network, int outputs, int rows) {
        long kvWidth = (long) network.kvHeads() * network.headSize();
        long row = 5L * network.hidden() + 2 * kvWidth + 2L * network.intermediate() + 2L * network.headSize();
        long headRow = network.hidden() + (long) outputs;
        long indices = 2L * rows + headRows(rows, outputs);
        return Float.BYTES * (rows * row + headRows(rows, outputs) * headRow) + Integer.BYTES * indices;
    }

    private static int headRows(int rows, int outputs) {
        return Math.min(rows, Math.max(2, MOST_LOGITS / outputs));
    }

    /** Most rows of a batch. */
    public int rows() {
        return rows;
    }

    /** Most rows whose logits are computed at a time, see {@link ForwardPass#logits}. */
    public int headRows() {
        return mostHeadRows;
    }

    /** Writes the cosines and sines of some rows of the batch, each table at once. */
    void writeRotation(RotaryScheme rotary, List<TokenInfo> tokens, int first) {
        int pairs = angles.length;
        for (int r = 0; r < tokens.size(); r++) {
            rotary.angles(tokens.get(r).position(), angles);
            for (int pair = 0; pair < pairs; pair++) {
                cosines[r * pairs + pair] = (float) Math.cos(angles[pair]);
                sines[r * pairs + pair] = (float) Math.sin(angles[pair]);
            }
        }
        cos.write(first, cosines, 0, tokens.size());
        sin.write(first, sines, 0, tokens.size());
    }

    /** Bytes reserved. */
    public long bytes() {
        return memory.bytes();
    }

    @Override
    public void close() {
        memory.close();
    }

    private Tensor allocate(Backend backend, int height, int width) {
        return memory.own(backend.allocate(height, width));
    }
}
