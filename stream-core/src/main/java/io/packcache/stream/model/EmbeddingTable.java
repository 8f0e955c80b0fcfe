package io.packcache.stream.model;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.stream.checkpoint.Checkpoint;
import io.packcache.stream.checkpoint.MappedTable;
import java.io.IOException;

/**
 * From token ids to rows, read from the mapped checkpoint: only the words in use take memory. Where picture tokens have a
 * table of their own, their ids follow those of the words. One thread at a time.
 */
final class EmbeddingTable {

    private final MappedTable words;
    private final MappedTable pictures; // null where words are all there is
    private final float[] row;

    EmbeddingTable(Checkpoint checkpoint, NetworkConfig network) throws IOException {
        this.words = checkpoint.table(NetworkConfig.EMBEDDINGS);
        this.pictures = network.visionVocabulary() > 0 ? checkpoint.table(NetworkConfig.VISION_EMBEDDINGS) : null;
        this.row = new float[network.hidden()];
    }

    /** {@code out[r] = table[ids[r]]} for r in 0..count-1. */
    void lookUp(int[] ids, int count, Tensor out) {
        for (int r = 0; r < count; r++) {
            int id = ids[r];
            if (pictures != null && id >= words.rows()) {
                pictures.read(id - words.rows(), row);
            } else {
                words.read(id, row);
            }
            out.write(r, row, 0, 1);
        }
    }
}
