package io.packcache.kvcache;

/** Counts what a storage holds and has reserved, to the byte. */
record Usage(Storage storage) {

    /** Bytes of everything, exactly; headers of arrays and objects are not counted. */
    long reserved() {
        long bytes = storage.table.bytes() + storage.tokenNotes.bytes();
        for (RowLayout layout : storage.layouts) {
            bytes += layout.bytes();
        }
        for (Cell cell : storage.cells) {
            bytes += cell.bytes();
        }
        for (EncodedFrame frame : storage.encoded) {
            bytes += frame.bytes();
        }
        return bytes;
    }

    /** Bytes of the rows in use and of all pages. */
    long used() {
        long bytes = storage.tokens * perToken();
        for (RowLayout layout : storage.layouts) {
            bytes += layout.isWhole() ? 0 : (long) layout.size() * Integer.BYTES;
        }
        for (Cell cell : storage.cells) {
            bytes += cell.rows() * perRow(cell);
        }
        for (EncodedFrame frame : storage.encoded) {
            bytes += frame.bytes();
        }
        return bytes;
    }

    /** Bytes of the rows in use and of the pages of one frame. */
    long used(long frame) {
        int first = storage.table.firstOf(frame, storage.tokens);
        int end = storage.table.firstOf(frame + 1, storage.tokens);
        long bytes = (end - first) * perToken();
        for (RowLayout layout : storage.layouts) {
            bytes += layout.isWhole() ? 0 : (long) rows(layout, first, end) * Integer.BYTES;
        }
        for (Cell cell : storage.cells) {
            bytes += rows(cell.layout, first, end) * perRow(cell);
        }
        EncodedFrame pages = storage.encoded(frame);
        return pages == null ? bytes : bytes + pages.bytes();
    }

    private static int rows(RowLayout layout, int first, int end) {
        return layout.rowAtOrAfter(end) - layout.rowAtOrAfter(first);
    }

    /** Bytes of one entry of the table, notes included. */
    long perToken() {
        return TokenTable.BYTES_PER_TOKEN + storage.tokenNotes.bytesPerRow();
    }

    /** Bytes of one raw row of a cell, notes included. */
    long perRow(Cell cell) {
        return 2L * storage.shape.headSize() * storage.backend.cacheFormat().bytes() + cell.notes.bytesPerRow();
    }

    /** Raw and encoded rows of all cells together. */
    long entries() {
        long entries = 0;
        for (Cell cell : storage.cells) {
            entries += cell.rows();
        }
        for (EncodedFrame frame : storage.encoded) {
            entries += frame.content().entries(storage.shape);
        }
        return entries;
    }
}
