package io.packcache.kvcache;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.position.Positions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All that a cache holds: one table of all tokens in sequence order; per cell the raw rows of those it holds raw; and the
 * frames whose content lies in pages. Knows nothing of staging, budgets and plans.
 */
final class Storage {

    final Backend backend;
    final CacheShape shape;
    final FrameGrid grid;
    final Positions positions;
    final TokenTable table = new TokenTable();
    final RowNotes tokenNotes = new RowNotes(0); // of the table's tokens
    final Usage usage = new Usage(this);
    final Cell[] cells; // layer by layer
    List<RowLayout> layouts = new ArrayList<>(); // every layout that a cell has, once
    List<EncodedFrame> encoded = new ArrayList<>(); // in time order
    int tokens; // in the table, staged ones included

    private final Tensor[][] keys; // by layer: the cells' tensors as the backend wants them
    private final Tensor[][] values;
    private final Tensor[] allKeys; // the same by cell
    private final Tensor[] allValues;
    private final int[] rowOfHead;

    Storage(Backend backend, CacheShape shape, FrameGrid grid, Positions positions) {
        this.backend = backend;
        this.shape = shape;
        this.grid = grid;
        this.positions = positions;
        this.keys = new Tensor[shape.layers()][shape.kvHeads()];
        this.values = new Tensor[shape.layers()][shape.kvHeads()];
        this.allKeys = new Tensor[shape.cells()];
        this.allValues = new Tensor[shape.cells()];
        this.rowOfHead = new int[shape.kvHeads()];
        this.cells = new Cell[shape.cells()];
        layouts.add(RowLayout.whole(0));
        for (int cell = 0; cell < cells.length; cell++) {
            cells[cell] = new Cell(cell / shape.kvHeads(), cell % shape.kvHeads(), layouts.get(0));
        }
    }

    Cell cell(int layer, int head) {
        return cells[layer * shape.kvHeads() + head];
    }

    Tensor[] keys(int layer) {
        return keys[layer];
    }

    Tensor[] values(int layer) {
        return values[layer];
    }

    /** The frame's pages, or null if its content is raw. */
    EncodedFrame encoded(long frame) {
        for (int i = 0; i < encoded.size(); i++) {
            if (encoded.get(i).frame() == frame) {
                return encoded.get(i);
            }
        }
        return null;
    }

    CellRows rows(int layer, int head) {
        Cell cell = cell(layer, head);
        List<Page> pages = List.of();
        if (!encoded.isEmpty()) {
            pages = new ArrayList<>(encoded.size());
            for (EncodedFrame frame : encoded) {
                Page page = frame.pages()[layer * shape.kvHeads() + head];
                if (page != null) {
                    pages.add(page);
                }
            }
        }
        return new CellRows(cell.keys, cell.values, cell.rows(), cell.notes.bias(), pages);
    }

    /** Writes keys and values over rows that count from token {@code firstToken} on, which every cell holds raw. */
    void store(int layer, Tensor newKeys, Tensor newValues, int firstRow, int count, int firstToken) {
        for (int head = 0; head < rowOfHead.length; head++) {
            rowOfHead[head] = cell(layer, head).rows() - (tokens - firstToken);
        }
        backend.storeHeads(newKeys, firstRow, count, keys[layer], rowOfHead);
        backend.storeHeads(newValues, firstRow, count, values[layer], rowOfHead);
    }

    /** The cells whose rows are laid out like this. */
    List<Cell> cellsOf(RowLayout layout) {
        return Arrays.stream(cells).filter(cell -> cell.layout == layout).toList();
    }

    /** Closes up the rows of cells, turns the keys that turn, and takes what is noted of them along. */
    void gather(RowGather rows, List<Cell> alike) {
        if (rows.changes()) {
            backend.gather(
                    rows,
                    alike.stream().map(cell -> cell.keys).toArray(Tensor[]::new),
                    alike.stream().map(cell -> cell.values).toArray(Tensor[]::new));
            alike.forEach(cell -> cell.notes.move(rows));
        }
    }

    /** The same for all cells and the table while row and token are the same number everywhere, allocating nothing. */
    void closeUp(RowGather rows) {
        if (rows.changes()) {
            backend.gather(rows, allKeys, allValues);
            for (Cell cell : cells) {
                cell.notes.move(rows);
            }
        }
        layouts.get(0).truncate(rows.rows());
        closeUpTable(rows);
    }

    /** Closes up the table alone. */
    void closeUpTable(RowGather stay) {
        table.move(stay);
        tokenNotes.move(stay);
        tokens = stay.rows();
    }

    /** Adds a token at the end of the table and of every cell's rows; what it is must be set by the caller. */
    void append(int count) {
        for (RowLayout layout : layouts) {
            layout.append(tokens, count);
        }
        tokenNotes.forget(tokens, count);
        tokens += count;
        for (Cell cell : cells) {
            cell.notes.forget(cell.rows() - count, count);
        }
    }

    /** Takes the last tokens away, which every cell holds raw. */
    void removeLast(int count) {
        for (RowLayout layout : layouts) {
            layout.truncate(layout.size() - count);
        }
        tokens -= count;
    }

    /** Changes how many raw rows a cell has reserved; the rows in use survive. */
    void resize(Cell cell, int capacity) {
        cell.keys = resized(cell.keys, capacity, cell.rows());
        cell.values = resized(cell.values, capacity, cell.rows());
        cell.notes.resize(capacity);
        publish(cell);
    }

    private void publish(Cell cell) {
        keys[cell.layer][cell.head] = cell.keys;
        values[cell.layer][cell.head] = cell.values;
        allKeys[cell.layer * shape.kvHeads() + cell.head] = cell.keys;
        allValues[cell.layer * shape.kvHeads() + cell.head] = cell.values;
    }

    /** A tensor that has this capacity already, because the next allocation failed, is left as it is. */
    private Tensor resized(Tensor tensor, int capacity, int live) {
        if (tensor != null && tensor.rows() == capacity) {
            return tensor;
        }
        Tensor grown = backend.allocateCache(capacity, shape.headSize());
        if (tensor != null) {
            backend.copyRows(tensor, 0, grown, 0, live);
            tensor.close();
        }
        return grown;
    }

    /** Makes room for so many tokens in the table. */
    void reserveTable(int capacity) {
        if (capacity != table.capacity()) {
            table.reserve(capacity);
            tokenNotes.resize(capacity);
        }
    }

    /** Forgets all tokens; what is reserved stays. */
    void clear() {
        encoded = new ArrayList<>();
        layouts = new ArrayList<>(List.of(RowLayout.whole(0)));
        tokens = 0;
        tokenNotes.take(new RowNotes(0), 0);
        for (Cell cell : cells) {
            cell.layout = layouts.get(0);
            cell.notes.take(new RowNotes(0), 0);
        }
    }

    void close() {
        clear();
        for (Cell cell : cells) {
            release(cell.keys);
            release(cell.values);
            cell.keys = null;
            cell.values = null;
            cell.notes.resize(0);
            publish(cell);
        }
        reserveTable(0);
    }

    private static void release(Tensor tensor) {
        if (tensor != null) {
            tensor.close();
        }
    }
}
