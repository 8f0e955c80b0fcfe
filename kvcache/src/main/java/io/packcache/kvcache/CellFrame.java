package io.packcache.kvcache;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.Tensor;
import java.util.Arrays;

/** The content of one frame in one cell, raw or encoded, by ascending content index. Valid until the cache changes. */
final class CellFrame {

    private final Cell cell;
    private final Page page;
    private final RowNotes pageNotes;
    private final int headSize;
    private final int[] tokens; // in the table
    private final int[] rows; // raw row, or -1 - row of the page

    /**
     * @param first the frame's first token in the table
     * @param end behind its last
     */
    CellFrame(Storage storage, int cellNumber, int first, int end) {
        this.cell = storage.cells[cellNumber];
        this.headSize = storage.shape.headSize();
        EncodedFrame encoded = storage.encoded(storage.table.frame(first));
        this.page = encoded == null ? null : encoded.pages()[cellNumber];
        this.pageNotes = encoded == null ? null : encoded.notes()[cellNumber];
        int[] tokensFound = new int[end - first];
        int[] rowsFound = new int[end - first];
        int count = 0;
        int pageRow = 0;
        int row = cell.layout.rowAtOrAfter(first);
        for (int token = first; token < end; token++) {
            boolean raw = row < cell.rows() && cell.layout.token(row) == token;
            boolean inPage = page != null
                    && storage.table.content(token)
                    && encoded.content().at(cell.layer, cell.head).get(storage.table.place(token));
            if (storage.table.content(token) && (raw || inPage)) {
                tokensFound[count] = token;
                rowsFound[count++] = inPage ? -1 - pageRow : row;
            }
            row += raw ? 1 : 0;
            pageRow += inPage ? 1 : 0;
        }
        this.tokens = Arrays.copyOf(tokensFound, count);
        this.rows = Arrays.copyOf(rowsFound, count);
    }

    /** Tokens of the frame that the cell holds. */
    int size() {
        return tokens.length;
    }

    /** Where the i-th of them is listed in the table. */
    int token(int i) {
        return tokens[i];
    }

    /** Where the i-th of them lies: a raw row, or -1 - row of the frame's page. */
    int row(int i) {
        return rows[i];
    }

    /** Which of them is this token of the table; negative if none. */
    int indexOf(int token) {
        return Arrays.binarySearch(tokens, token);
    }

    /** Keys as they stand now, shape (tokens, head size). */
    float[] keys() {
        float[] keys = read(cell.keys, page == null ? null : page.keys());
        for (int i = 0; page != null && page.cos() != null && i < rows.length; i++) {
            if (rows[i] < 0) {
                turn(keys, i * headSize, page.cos(), page.sin());
            }
        }
        return keys;
    }

    /** Values, shape (tokens, head size). */
    float[] values() {
        return read(cell.values, page == null ? null : page.values());
    }

    /** The mean of the keys as if none was rotated, head size long; zeros if there are none. */
    float[] meanKey(TokenRotations rotations) {
        float[] keys = keys();
        float[] mean = new float[headSize];
        for (int i = 0; i < rows.length; i++) {
            rotations.unrotate(keys, i * headSize, tokens[i]);
            for (int channel = 0; channel < headSize; channel++) {
                mean[channel] += keys[i * headSize + channel] / rows.length;
            }
        }
        return mean;
    }

    /** What is noted of them. */
    RowNotes notes() {
        RowNotes notes = new RowNotes(rows.length);
        for (int i = 0; i < rows.length; i++) {
            notes.copy(rows[i] < 0 ? pageNotes : cell.notes, rows[i] < 0 ? -1 - rows[i] : rows[i], i);
        }
        return notes;
    }

    /** All keys of a page as they stand now, shape (rows, head size). */
    static float[] keys(Page page, int headSize) {
        float[] keys = new float[page.rows() * headSize];
        page.decodeKeys(0, page.rows(), keys);
        return keys;
    }

    private float[] read(Tensor raw, EncodedRows encoded) {
        float[] target = new float[rows.length * headSize];
        for (int i = 0; i < rows.length; ) {
            int step = rows[i] < 0 ? -1 : 1;
            int count = 1;
            while (i + count < rows.length && rows[i + count] == rows[i] + count * step) {
                count++;
            }
            if (step < 0) {
                encoded.decode(-1 - rows[i], count, target, i * headSize);
            } else {
                raw.read(rows[i], target, i * headSize, count);
            }
            i += count;
        }
        return target;
    }

    private static void turn(float[] keys, int at, float[] cos, float[] sin) {
        int pairs = cos.length;
        for (int j = 0; j < pairs; j++) {
            float a = keys[at + j];
            float b = keys[at + j + pairs];
            keys[at + j] = a * cos[j] - b * sin[j];
            keys[at + j + pairs] = b * cos[j] + a * sin[j];
        }
    }
}
