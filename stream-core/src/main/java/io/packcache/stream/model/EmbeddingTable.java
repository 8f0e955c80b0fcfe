package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Indices;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.stream.checkpoint.Checkpoint;
import io.packcache.stream.checkpoint.MappedTable;
import java.io.IOException;

/**
 * From token ids to rows, read from the mapped checkpoint: only the words in use take memory. A backend with a memory of its
 * own gets the whole table once instead. Where picture tokens have a table of their own, their ids follow those of the
 * words. One thread at a time.
 */
final class EmbeddingTable {

    /** Rows that are sent to a backend at a time. */
    private static final int PORTION = 256;

    private final MappedTable words;
    private final MappedTable pictures; // null where words are all there is
    private final float[] row;
    private final Backend backend;
    private final Tensor resident; // all rows, where the backend has a memory of its own; else null
    private int[] looked = new int[0]; // ids of the last look-up, where the host looks up

    EmbeddingTable(Checkpoint checkpoint, NetworkConfig network, Backend backend, OwnedMemory memory)
            throws IOException {
        this.words = checkpoint.table(NetworkConfig.EMBEDDINGS);
        this.pictures = network.visionVocabulary() > 0 ? checkpoint.table(NetworkConfig.VISION_EMBEDDINGS) : null;
        this.row = new float[network.hidden()];
        this.backend = backend;
        this.resident = backend.remote() ? memory.own(backend.allocate(rows(), network.hidden())) : null;
        if (resident != null) {
            send();
        }
    }

    private int rows() {
        return words.rows() + (pictures == null ? 0 : pictures.rows());
    }

    private void send() {
        float[] portion = new float[PORTION * row.length];
        for (int first = 0; first < rows(); first += PORTION) {
            int count = Math.min(PORTION, rows() - first);
            for (int r = 0; r < count; r++) {
                read(first + r);
                System.arraycopy(row, 0, portion, r * row.length, row.length);
            }
            resident.write(first, portion, 0, count);
        }
    }

    /** {@code out[r] = table[ids[r]]} for r in 0..count-1. */
    void lookUp(Indices ids, int count, Tensor out) {
        if (resident != null) {
            backend.embed(resident, ids, count, out);
            return;
        }
        if (looked.length < count) {
            looked = new int[count];
        }
        ids.read(looked, count);
        for (int r = 0; r < count; r++) {
            read(looked[r]);
            out.write(r, row, 0, 1);
        }
    }

    private void read(int id) {
        if (pictures != null && id >= words.rows()) {
            pictures.read(id - words.rows(), row);
        } else {
            words.read(id, row);
        }
    }
}
