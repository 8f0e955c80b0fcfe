package io.packcache.stream.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * A matrix whose rows are read one at a time from the mapped pages of its file: of an embedding table only the words in use
 * come into memory. Thread-safe; lives as long as it is referred to, whatever becomes of the file that made it.
 */
public final class MappedTable {

    /** Bytes of one mapping at most: what one buffer can address. */
    private static final long MOST = 1L << 30;

    private final ElementType type;
    private final int rows;
    private final int columns;
    private final int rowsPerMapping;
    private final ByteBuffer[] mappings;
    private final FloatBuffer[] floats; // the same as numbers where they are float32

    MappedTable(FileBytes file, ElementType type, long position, long rows, long columns) throws IOException {
        long rowBytes = columns * type.bytes();
        if (rows < 1 || rows > Integer.MAX_VALUE || columns < 1 || rowBytes > MOST) {
            throw new CheckpointException(
                    file.path() + ": a table of " + rows + " x " + columns + " numbers cannot be used");
        }
        this.type = type;
        this.rows = (int) rows;
        this.columns = (int) columns;
        this.rowsPerMapping = (int) Math.min(rows, MOST / rowBytes);
        this.mappings = new ByteBuffer[(int) ((rows + rowsPerMapping - 1) / rowsPerMapping)];
        this.floats = new FloatBuffer[mappings.length];
        for (int i = 0; i < mappings.length; i++) {
            long first = (long) i * rowsPerMapping;
            long count = Math.min(rowsPerMapping, rows - first);
            mappings[i] =
                    file.map(position + first * rowBytes, count * rowBytes).order(ByteOrder.LITTLE_ENDIAN);
            floats[i] = mappings[i].asFloatBuffer();
        }
    }

    /** Rows. */
    public int rows() {
        return rows;
    }

    /** Numbers in a row. */
    public int columns() {
        return columns;
    }

    /** Bytes of the table in its file. */
    public long bytes() {
        return (long) rows * columns * type.bytes();
    }

    /**
     * Reads a row, widened to float32; allocates nothing.
     *
     * @param target receives {@code columns()} values from its beginning on
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public void read(int row, float[] target) {
        Objects.checkIndex(row, rows);
        int mapping = row / rowsPerMapping;
        int first = row % rowsPerMapping * columns;
        if (type == ElementType.F32) {
            floats[mapping].get(first, target, 0, columns);
        } else {
            type.widen(mappings[mapping], first, target, 0, columns);
        }
    }
}
