package io.packcache.kvcache.compute.vector;

import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.List;
import java.util.Random;

/** Norm, projection, rotation, attention, gated unit, residual and a draw, on seeded numbers. */
final class Layer {

    private static final int ROWS = 152;
    private static final int WIDTH = 192;
    private static final int HEADS = 3;
    private static final int KEYS = 700;
    private static final int PAGE = 70;

    private final Random random = new Random(3);
    private final Backend backend;
    private final Tensor x;
    private final Tensor y;
    private final Tensor weight;
    private final Tensor headWeight;
    private final Tensor cos;
    private final Tensor sin;
    private final Tensor attended;
    private final Tensor wide;
    private final Tensor gathered;
    private final Tensor[] keys;
    private final Tensor[] values;
    private final double[] angles;
    private final Weights up;
    private final Weights down;
    private final Attention attention;
    private final Attention encoded;
    private final float[] uniforms = new float[ROWS];
    private final int[] drawn = new int[ROWS];
    private final float[] chances = new float[ROWS];

    Layer(Backend backend) {
        this.backend = backend;
        int size = WIDTH / HEADS;
        x = tensor(ROWS, WIDTH);
        y = tensor(ROWS, WIDTH);
        weight = tensor(1, WIDTH);
        headWeight = tensor(1, size);
        cos = tensor(ROWS, size / 2);
        sin = tensor(ROWS, size / 2);
        attended = tensor(ROWS, WIDTH);
        wide = tensor(ROWS, 500);
        gathered = tensor(ROWS, WIDTH);
        keys = new Tensor[] {tensor(KEYS, size), tensor(KEYS, size)};
        values = new Tensor[] {tensor(KEYS, size), tensor(KEYS, size)};
        angles = random.doubles(size / 2).toArray();
        up = backend.pack(values(500 * WIDTH), 500, WIDTH, values(500));
        down = backend.pack(values(WIDTH * 500), WIDTH, 500, null);
        int[] hidden = random.ints(ROWS, 0, KEYS).toArray();
        CellRows[] cells = {new CellRows(tensor(KEYS, size), tensor(KEYS, size), KEYS)};
        attention = new Attention(y, 0, ROWS, HEADS, cells, hidden, attended);
        List<Page> pages = Codecs.names().stream().map(name -> page(name, size)).toList();
        CellRows[] paged = {new CellRows(tensor(5, size), tensor(5, size), 5, values(5), pages)};
        encoded = new Attention(y, 0, ROWS, HEADS, paged, null, gathered);
    }

    float[] run() {
        step();
        float[] result = new float[ROWS * WIDTH];
        x.read(0, result, 0, ROWS);
        return result;
    }

    void step() {
        backend.rmsNorm(x, ROWS, weight, 1e-5f, y);
        backend.headNorm(y, ROWS, HEADS, headWeight, headWeight, 1e-5f);
        backend.rotate(y, ROWS, HEADS, cos, sin);
        backend.attention(encoded);
        backend.add(gathered, ROWS, x);
        backend.attention(attention);
        backend.multiply(attended, 0, ROWS, up, wide);
        backend.swiGlu(wide, wide, ROWS, wide);
        backend.multiply(wide, 0, ROWS, down, y);
        backend.add(y, ROWS, x);
        gather();
        backend.sample(y, 0, null, 0, ROWS, 1, 1, uniforms, drawn, chances);
    }

    /** Every third row leaves, half of the others turn. */
    private void gather() {
        RowGather rows = backend.startGather(angles.length);
        int turn = rows.addTurn(angles);
        for (int row = 0; row < KEYS; row++) {
            if (row % 3 > 0) {
                rows.keep(row, row % 2 == 0 ? turn : RowGather.NO_TURN);
            }
        }
        backend.gather(rows, keys, values);
    }

    /** Keys of a page that has turned, some of its rows standing for more than one. */
    private Page page(String codec, int size) {
        float[] angles = values(size / 2);
        return new Page(
                Codecs.keys(codec).encode(values(PAGE * size), PAGE, size),
                Codecs.values(codec).encode(values(PAGE * size), PAGE, size),
                angles,
                angles,
                values(PAGE));
    }

    private Tensor tensor(int rows, int columns) {
        Tensor tensor = backend.allocate(rows, columns);
        tensor.write(0, values(rows * columns), 0, rows);
        return tensor;
    }

    private float[] values(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextFloat() - 0.5f) / 4;
        }
        return values;
    }
}
