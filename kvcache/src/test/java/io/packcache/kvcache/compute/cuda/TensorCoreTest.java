package io.packcache.kvcache.compute.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.Page;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import io.packcache.kvcache.compute.plain.PlainBackend;
import io.packcache.kvcache.compute.rows.Bfloat16;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kernels in bfloat16 against the specification, on numbers that bfloat16 holds exactly, so that only what the kernels
 * round themselves differs.
 */
class TensorCoreTest {

    private final Random random = new Random(5);
    private Backend plain;
    private CudaBackend cuda;

    @BeforeEach
    void open() {
        plain = new PlainBackend();
        cuda = new CudaBackend(Emulator.open(), Precision.BFLOAT16);
    }

    @AfterEach
    void close() {
        plain.close();
        if (cuda != null) {
            cuda.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "2, 3, 5",
        "7, 33, 31",
        "128, 32, 128",
        "129, 96, 130",
        "40, 515, 7",
        "130, 130, 300",
        "1, 600, 257"
    })
    void productsOfBfloat16NumbersAreExactUpToTheirSums(int rows, int inputs, int outputs) {
        float[] x = halves((rows + 3) * inputs);
        float[] matrix = halves(outputs * inputs);
        float[] bias = outputs % 2 == 0 ? null : halves(outputs);

        float[] expected = product(plain, x, rows, matrix, outputs, inputs, bias);
        float[] actual = product(cuda, x, rows, matrix, outputs, inputs, bias);

        assertClose(actual, expected, Math.ulp(1f) * (inputs + 4));
    }

    private static float[] product(
            Backend backend, float[] x, int rows, float[] matrix, int outputs, int inputs, float[] bias) {
        Tensor y = backend.allocate(rows + 3, outputs);
        Weights weights = backend.pack(matrix, outputs, inputs, bias);
        backend.multiply(tensor(backend, x, inputs), 2, rows, weights, y);
        return values(y);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 32, 1, 0",
        "5, 3, 3, 64, 7, 0",
        "17, 3, 1, 64, 191, 0",
        "130, 2, 1, 32, 65, 0",
        "50, 6, 2, 128, 300, 0",
        "300, 1, 1, 64, 128, 0",
        "3, 2, 2, 128, 1000, 0",
        "60, 3, 1, 64, 200, 2",
        "9, 4, 2, 128, 64, 3",
        "20, 1, 1, 48, 100, 1"
    })
    void attentionAgreesWithTheSpecification(int rows, int heads, int keyHeads, int size, int count, int pages) {
        float[] queries = halves((rows + 2) * heads * size);
        int[] hidden =
                count == 1 ? null : random.ints(rows, 0, Math.min(count, 90)).toArray();
        List<List<Page>> pagesOfHeads = new ArrayList<>();
        List<float[]> keys = new ArrayList<>();
        List<float[]> values = new ArrayList<>();
        List<float[]> biases = new ArrayList<>();
        for (int h = 0; h < keyHeads; h++) {
            pagesOfHeads.add(pages(h == 0 ? pages : pages / 2, size));
            keys.add(halves((count + 3) * size));
            values.add(halves((count + 3) * size));
            biases.add(h % 2 == 0 ? null : halves(count + 1));
        }
        List<float[]> results = new ArrayList<>();
        for (Backend backend : List.of(plain, cuda)) {
            CellRows[] cells = IntStream.range(0, keyHeads)
                    .mapToObj(h -> new CellRows(
                            cache(backend, keys.get(h), size),
                            cache(backend, values.get(h), size),
                            count,
                            biases.get(h),
                            pagesOfHeads.get(h)))
                    .toArray(CellRows[]::new);
            Tensor output = backend.allocate(rows + 2, heads * size);
            backend.attention(
                    new Attention(tensor(backend, queries, heads * size), 2, rows, heads, cells, hidden, output));
            results.add(values(output));
        }
        // Rounded weights and scaled queries; an average over many rows is smaller than its terms, and so is its error.
        assertClose(results.get(1), results.get(0), 0.004);
    }

    /** Pages in the formats that a kernel decodes, turned and biased in turn. */
    private List<Page> pages(int count, int size) {
        String[] codecs = {"int8", "int2", "bfloat16"};
        List<Page> pages = new ArrayList<>();
        for (int p = 0; p < count; p++) {
            int rows = 70 + p;
            EncodedRows keys = Codecs.keys(codecs[p]).encode(halves(rows * size), rows, size);
            EncodedRows values = Codecs.values(codecs[p]).encode(halves(rows * size), rows, size);
            float[] cos = null;
            float[] sin = null;
            if (p % 2 == 0) {
                cos = new float[size / 2];
                sin = new float[size / 2];
                for (int j = 0; j < cos.length; j++) {
                    cos[j] = (float) Math.cos(j + 1);
                    sin[j] = (float) Math.sin(j + 1);
                }
            }
            pages.add(new Page(keys, values, cos, sin, p == 1 ? halves(rows) : null));
        }
        return pages;
    }

    @Test
    void attentionOfARowIsTheSameWhetherHiddenKeysExistOrNot() {
        int size = 64;
        Tensor queries = tensor(cuda, halves(5 * size), size);
        Tensor keys = cache(cuda, halves(300 * size), size);
        Tensor values = cache(cuda, halves(300 * size), size);
        int[] hidden = {0, 299, 100, 235, 236};
        Tensor together = cuda.allocate(5, size);
        Tensor alone = cuda.allocate(5, size);

        CellRows[] all = {new CellRows(keys, values, 300)};
        cuda.attention(new Attention(queries, 0, 5, 1, all, hidden, together));
        for (int r = 0; r < 5; r++) {
            CellRows[] seen = {new CellRows(keys, values, 300 - hidden[r])};
            cuda.attention(new Attention(queries, r, 1, 1, seen, null, alone));
        }

        assertThat(values(alone)).containsExactly(values(together));
    }

    @Test
    void cachedRowsAreRoundedToTheNearestAndMoveAndTurnWithoutAnotherError() {
        float[] rows = new float[9 * 32];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = random.nextFloat() - 0.5f;
        }
        Tensor cache = cache(cuda, rows, 32);
        Tensor stored = cuda.allocateCache(12, 32);
        cuda.storeHeads(tensor(cuda, rows, 32), 1, 8, new Tensor[] {stored}, new int[] {3});
        cuda.moveRows(cache, 2, 0, 6);
        cuda.closeUp(new Tensor[] {stored}, new int[] {3, 6}, new int[] {2, 5}, 2);

        float[] expected = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            expected[i] = Bfloat16.value(Bfloat16.nearest(rows[i]));
        }
        assertThat(cache.bytes()).isEqualTo(9 * 32 * 2);
        float[] moved = values(cache);
        float[] closed = values(stored);
        for (int i = 0; i < 6 * 32; i++) {
            assertThat(moved[i]).isEqualTo(expected[2 * 32 + i]);
        }
        for (int i = 0; i < 7 * 32; i++) {
            int row = i / 32;
            int source = row < 2 ? row + 1 : row + 2;
            assertThat(closed[i]).isEqualTo(expected[source * 32 + i % 32]);
        }
        double[] cos = new double[16];
        double[] sin = new double[16];
        cos[3] = 0;
        sin[3] = 1;
        for (int j = 0; j < 16; j++) {
            cos[j] = j == 3 ? 0 : 1;
        }
        cuda.rotateRows(cache, 0, 1, cos, sin);
        assertThat(values(cache)[3]).isEqualTo(-moved[19]);
        assertThat(values(cache)[19]).isEqualTo(moved[3]);
        assertThat(values(cache)[4]).isEqualTo(moved[4]);
    }

    private float[] halves(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = Bfloat16.value(Bfloat16.nearest(random.nextFloat() * 2 - 1));
        }
        return values;
    }

    private static Tensor tensor(Backend backend, float[] values, int columns) {
        Tensor tensor = backend.allocate(values.length / columns, columns);
        tensor.write(0, values, 0, values.length / columns);
        return tensor;
    }

    private static Tensor cache(Backend backend, float[] values, int columns) {
        Tensor tensor = backend.allocateCache(values.length / columns, columns);
        tensor.write(0, values, 0, values.length / columns);
        return tensor;
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[tensor.rows() * tensor.columns()];
        tensor.read(0, values, 0, tensor.rows());
        return values;
    }

    private static void assertClose(float[] actual, float[] expected, double tolerance) {
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(actual[i] - expected[i]);
            if (!(error <= tolerance)) {
                throw new AssertionError(
                        "value " + i + " is " + actual[i] + ", expected " + expected[i] + " within " + tolerance);
            }
        }
    }
}
