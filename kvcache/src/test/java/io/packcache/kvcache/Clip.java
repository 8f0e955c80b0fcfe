package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;

/**
 * One branch of a clip in the layout of Lumos-1, with made-up keys and values that follow from what a token is: so at any
 * time each row can be compared with a fresh rotation at the position the table states.
 */
public final class Clip implements AutoCloseable {

    public static final FrameGrid GRID = new FrameGrid(3, 4, 3, 1);
    public static final CacheShape SHAPE = new CacheShape(2, 2, 32);
    public static final MmRope ROPE = new MmRope(32, 10_000);
    public static final Positions POSITIONS = new Positions(ROPE, PositionStride.of(GRID));

    private final int text;
    private final KvCache cache;
    private long frames;

    public Clip(Backend backend, int text, CacheBudget budget) {
        this.text = text;
        this.cache = new KvCache(backend, SHAPE, GRID, POSITIONS, budget);
        List<TokenInfo> tokens = new ArrayList<>();
        for (int i = 0; i < text; i++) {
            tokens.add(TokenInfo.text(TokenPosition.text(i)));
        }
        write(tokens);
        cache.commit();
    }

    public KvCache cache() {
        return cache;
    }

    /** Commits a conditioning frame. */
    public Clip condition() {
        stage(true, content -> false);
        cache.commit();
        return this;
    }

    /** Commits a generated frame; {@code masked} says which content is stored as MASK. */
    public Clip frame(IntPredicate masked) {
        stage(false, masked);
        cache.commit();
        return this;
    }

    /** Commits {@code count} generated frames with nothing masked. */
    public Clip frames(int count) {
        for (int i = 0; i < count; i++) {
            frame(content -> false);
        }
        return this;
    }

    /** Stages the next frame and writes its keys and values. */
    public int stage(boolean condition, IntPredicate masked) {
        return write(tokens(frames++, cache.nextSlot(), condition, masked));
    }

    public void apply(CompactionPlan plan) {
        cache.apply(plan);
    }

    public List<TokenInfo> tokens(long frame, long slot, boolean condition, IntPredicate masked) {
        return tokens(text, frame, slot, condition, masked);
    }

    /** The tokens of a frame behind so many tokens of text. */
    static List<TokenInfo> tokens(int text, long frame, long slot, boolean condition, IntPredicate masked) {
        return tokens(GRID, text, frame, slot, condition, masked);
    }

    /** The same in another grid. */
    static List<TokenInfo> tokens(
            FrameGrid grid, int text, long frame, long slot, boolean condition, IntPredicate masked) {
        List<TokenInfo> tokens = new ArrayList<>();
        int index = text + (int) slot * grid.frameLength();
        int corner = text + grid.markersBefore();
        for (int marker = 0; marker < grid.markersBefore(); marker++) {
            tokens.add(TokenInfo.marker(frame, marker, TokenPosition.text(index++)));
        }
        for (int row = 0; row < grid.rows(); row++) {
            for (int column = 0; column <= grid.columns(); column++) {
                TokenPosition position = new TokenPosition(
                        true, index++, corner + 4 * (int) slot, corner + 8 * row, corner + 8 * column);
                boolean hidden = masked.test(row * (grid.columns() + 1) + column);
                tokens.add(
                        condition
                                ? TokenInfo.condition(frame, row, column, position)
                                : TokenInfo.content(frame, row, column, hidden, position));
            }
        }
        for (int marker = grid.markersBefore(); marker < grid.markers(); marker++) {
            tokens.add(TokenInfo.marker(frame, marker, TokenPosition.text(index++)));
        }
        return tokens;
    }

    /** Each row, raw or encoded, must hold the key and the value of its token, the key at the stated position. */
    public void assertRowsMatchTable(double tolerance) {
        Storage storage = cache.storage();
        for (int c = 0; c < storage.cells.length; c++) {
            Cell cell = storage.cells[c];
            float[] row = new float[SHAPE.headSize()];
            for (int r = 0; r < cell.rows(); r++) {
                int token = cell.layout.token(r);
                cell.keys.read(r, row, 0, 1);
                assertKey(cell, token, row, tolerance);
                cell.values.read(r, row, 0, 1);
                assertClose(row, raw(token, cell.layer, cell.head), 0, "value", token);
            }
            for (EncodedFrame frame : storage.encoded) {
                assertPage(c, frame, tolerance);
            }
        }
    }

    private void assertPage(int c, EncodedFrame frame, double tolerance) {
        Storage storage = cache.storage();
        Cell cell = storage.cells[c];
        CellFrame held = new CellFrame(
                storage,
                c,
                storage.table.firstOf(frame.frame(), storage.tokens),
                storage.table.firstOf(frame.frame() + 1, storage.tokens));
        int size = SHAPE.headSize();
        for (int i = 0; i < held.size(); i++) {
            float[] key = Arrays.copyOfRange(held.keys(), i * size, (i + 1) * size);
            assertKey(cell, held.token(i), key, tolerance);
            float[] value = Arrays.copyOfRange(held.values(), i * size, (i + 1) * size);
            assertClose(value, raw(held.token(i), cell.layer, cell.head), 0, "value", held.token(i));
        }
    }

    private void assertKey(Cell cell, int token, float[] key, double tolerance) {
        float[] expected =
                rotated(raw(token, cell.layer, cell.head), cache.table().position(token));
        assertClose(key, expected, tolerance, "key", token);
    }

    @Override
    public void close() {
        cache.close();
    }

    private int write(List<TokenInfo> tokens) {
        int first = cache.stage(tokens);
        for (int token = first; token < first + tokens.size(); token++) {
            for (Cell cell : cache.storage().cells) {
                int row = cell.layout.rowAtOrAfter(token);
                float[] raw = raw(token, cell.layer, cell.head);
                cell.values.write(row, raw, 0, 1);
                cell.keys.write(row, rotated(raw, cache.table().position(token)), 0, 1);
            }
        }
        return first;
    }

    /** The key and the value of a token before any rotation. */
    float[] raw(int row, int layer, int head) {
        TokenTable table = cache.table();
        boolean text = table.role(row) == TokenRole.TEXT;
        long name = text ? table.position(row).index() : 1000 * table.frame(row) + 2L * table.place(row);
        long marker = table.role(row) == TokenRole.FRAME_MARKER ? 1 : 0;
        Random random = new Random(((name + marker) * 31 + layer) * 31 + head - (text ? 1L << 40 : 0));
        float[] raw = new float[SHAPE.headSize()];
        for (int channel = 0; channel < raw.length; channel++) {
            raw[channel] = (float) random.nextGaussian();
        }
        return raw;
    }

    static float[] rotated(float[] raw, TokenPosition position) {
        double[] angles = new double[raw.length / 2];
        ROPE.angles(position, angles);
        float[] rotated = new float[raw.length];
        for (int j = 0; j < angles.length; j++) {
            double cos = Math.cos(angles[j]);
            double sin = Math.sin(angles[j]);
            rotated[j] = (float) (raw[j] * cos - raw[j + angles.length] * sin);
            rotated[j + angles.length] = (float) (raw[j + angles.length] * cos + raw[j] * sin);
        }
        return rotated;
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance, String kind, int row) {
        for (int channel = 0; channel < actual.length; channel++) {
            if (!(Math.abs(actual[channel] - expected[channel]) <= tolerance)) {
                assertThat((double) actual[channel])
                        .as("%s in row %d, channel %d", kind, row, channel)
                        .isEqualTo(expected[channel], within(tolerance));
            }
        }
    }

    /** All rows of a tensor in use. */
    public static float[] rows(Tensor tensor, int rows) {
        float[] data = new float[rows * tensor.columns()];
        tensor.read(0, data, 0, rows);
        return data;
    }
}
