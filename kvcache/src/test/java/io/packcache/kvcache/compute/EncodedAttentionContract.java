package io.packcache.kvcache.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.codec.Codec;
import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.codec.LayerMerge;
import io.packcache.kvcache.codec.LayerPairs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention over pages and biased rows on every backend: the same as over the rows they decode to. */
public abstract class EncodedAttentionContract {

    /** Before the name of a codec: two layers share directions that it stores. */
    private static final String PAIRED = "paired ";

    private final Random random = new Random(11);
    private Backend backend;

    protected abstract Backend open();

    @BeforeEach
    void openBackend() {
        backend = open();
    }

    @AfterEach
    void closeBackend() {
        backend.close();
    }

    static Stream<String> codecs() {
        return Codecs.names().stream().flatMap(name -> Stream.of(name, PAIRED + name));
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void pagesOfEveryCodecCountAsWhatTheyDecodeTo(String codec) {
        check(new Case(codec, 5, 1, 1, 1, 1, 1));
        check(new Case(codec, 3, 3, 1, 7, 33, 2));
        check(new Case(codec, 17, 6, 2, 32, 100, 3));
        check(new Case(codec, 40, 2, 2, 30, 257, 2));
        check(new Case(codec, 290, 1, 1, 64, 200, 1));
        check(new Case(codec, 1, 4, 4, 128, 65, 2));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 8, 1", "19, 2, 1, 33, 250", "3, 4, 2, 64, 500"})
    void biasOfRawRowsIsAddedToTheirLogits(int rows, int heads, int keyHeads, int size, int count) {
        check(new Case(null, rows, heads, keyHeads, size, count, 0));
    }

    @ParameterizedTest
    @CsvSource({"float32, 1, 8, 1, 0", "int4, 3, 32, 70, 2", "quant-videogen, 9, 64, 150, 3", "vidkv, 300, 20, 33, 1"})
    void queriesDivideTheirAttentionAmongAllRows(String codec, int queries, int size, int count, int pages) {
        CellRows cell = cell(new Case(codec, 0, 1, 1, size, count, pages), count + 3);
        Dense dense = Dense.of(cell);
        int rows = cell.rows();
        float[] rotated = Naive.random(random, queries * size);
        double[] expected = new double[rows * queries];
        double[] mean = new double[rows];
        for (int query = 0; query < queries; query++) {
            double[] ofQuery = dense.weights(rotated, query * size, size, rows);
            for (int row = 0; row < rows; row++) {
                double weight = ofQuery[(row - cell.count() + rows) % rows]; // pages come last
                expected[row * queries + query] = weight;
                mean[row] += weight / queries;
            }
        }
        float[] weights = new float[rows * queries];
        float[] mass = new float[rows];

        backend.attentionWeights(rotated, queries, cell, weights);
        backend.attentionMass(rotated, queries, cell, mass);

        assertClose(weights, expected, 2e-6);
        assertClose(mass, mean, 2e-6);
        assertThatThrownBy(() -> backend.attentionMass(rotated, queries, cell, new float[rows - 1]))
                .hasMessageContaining(rows + " weights do not fit");
    }

    @Test
    void rowsThatWereDroppedFromAPageAreNotSeen() {
        float[] keys = Naive.random(random, 90 * 16);
        int[] kept = {0, 1, 5, 31, 32, 64, 88, 89};
        EncodedRows page = Codecs.keys("int4").encode(keys, 90, 16);
        EncodedRows less = page.select(kept);
        Tensor queries = tensor(Naive.random(random, 3 * 16), 16);
        CellRows some = cell(16, new Page(less, less, null, null, null));
        float[] infinitelyRare = new float[90];
        Arrays.fill(infinitelyRare, -1e6f);
        IntStream.of(kept).forEach(r -> infinitelyRare[r] = 0);
        CellRows all = cell(16, new Page(page, page, null, null, infinitelyRare));
        Tensor expected = backend.allocate(3, 16);
        Tensor actual = backend.allocate(3, 16);

        backend.attention(new Attention(queries, 0, 3, 1, new CellRows[] {all}, null, expected));
        backend.attention(new Attention(queries, 0, 3, 1, new CellRows[] {some}, null, actual));

        assertClose(values(actual), doubles(values(expected)), 1e-5);
    }

    @Test
    void pagesThatDoNotFitAreRefusedWithTheirNumbers() {
        EncodedRows rows = Codecs.keys("int8").encode(new float[5 * 8], 5, 8);
        EncodedRows fewer = rows.select(new int[] {1, 2});
        Tensor queries = backend.allocate(1, 8);
        Tensor output = backend.allocate(1, 8);

        assertRefused(queries, output, cell(8, new Page(rows, fewer, null, null, null)), "5 keys", "2 values");
        assertRefused(queries, output, cell(8, new Page(rows, rows, null, null, new float[4])), "5 rows", "not 4");
        assertRefused(queries, output, cell(8, new Page(rows, rows, new float[4], null, null)), "4 cosines", "0 sines");
        assertRefused(
                backend.allocate(1, 6), backend.allocate(1, 6), cell(6, new Page(rows, rows, null, null, null)), "6");
    }

    private void assertRefused(Tensor queries, Tensor output, CellRows cell, String... parts) {
        assertThatThrownBy(
                        () -> backend.attention(new Attention(queries, 0, 1, 1, new CellRows[] {cell}, null, output)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(parts);
    }

    private CellRows cell(int size, Page page) {
        return new CellRows(filled(1, size), filled(1, size), 1, new float[] {-1e6f}, List.of(page));
    }

    /** Shapes of one call; {@code pages} of about {@code count} rows per KV head, or only biased raw rows. */
    private record Case(String codec, int rows, int heads, int keyHeads, int size, int count, int pages) {}

    private void check(Case shape) {
        int raw = Math.max(3, shape.count() / 2);
        float[] queries = Naive.random(random, shape.rows() * shape.heads() * shape.size());
        CellRows[] cells = new CellRows[shape.keyHeads()];
        int[] hidden = random.ints(shape.rows(), 0, 3).toArray();
        List<Dense> dense = new ArrayList<>();
        for (int h = 0; h < cells.length; h++) {
            // Heads need not hold equally many rows.
            cells[h] = cell(shape, raw + h);
            dense.add(Dense.of(cells[h]));
        }
        Tensor output = backend.allocate(shape.rows(), shape.heads() * shape.size());

        backend.attention(new Attention(
                tensor(queries, shape.heads() * shape.size()), 0, shape.rows(), shape.heads(), cells, hidden, output));

        double[] expected = Dense.attention(queries, shape.rows(), shape.heads(), shape.size(), dense, hidden);
        assertClose(values(output), expected, 2e-5 * (1 + largest(dense)));
    }

    private CellRows cell(Case shape, int raw) {
        List<Page> pages = new ArrayList<>();
        for (int p = 0; p < shape.pages(); p++) {
            pages.add(page(shape, p));
        }
        float[] bias = shape.codec() == null || random.nextBoolean() ? Naive.random(random, raw) : null;
        Tensor keys = tensor(Naive.random(random, (raw + 2) * shape.size()), shape.size());
        return new CellRows(
                keys, tensor(Naive.random(random, (raw + 2) * shape.size()), shape.size()), raw, bias, pages);
    }

    /** Every other page is turned, every third biased; from the second on some rows are gone. */
    private Page page(Case shape, int number) {
        int size = shape.size();
        int count = shape.count() + number;
        EncodedRows keys = encoded(shape.codec(), Codecs::keys, count, size);
        EncodedRows values = encoded(shape.codec(), Codecs::values, count, size);
        if (number > 0) {
            int[] kept = IntStream.range(0, count).filter(r -> r % 3 != 1).toArray();
            keys = keys.select(kept);
            values = values.select(kept);
        }
        boolean turned = number % 2 == 0 && size % 2 == 0;
        float[] cos = new float[size / 2];
        float[] sin = new float[size / 2];
        for (int j = 0; j < cos.length; j++) {
            cos[j] = (float) Math.cos(number + 3.0 / (j + 1));
            sin[j] = (float) Math.sin(number + 3.0 / (j + 1));
        }
        float[] bias = number % 3 == 1 ? Naive.random(random, keys.rows()) : null;
        return new Page(keys, values, turned ? cos : null, turned ? sin : null, bias);
    }

    private EncodedRows encoded(String name, Function<String, Codec> kind, int count, int size) {
        float[] rows = Naive.random(random, count * size);
        if (!name.startsWith(PAIRED)) {
            return kind.apply(name).encode(rows, count, size);
        }
        Codec directions = kind.apply(name.substring(PAIRED.length()));
        float[] other = Naive.random(random, count * size);
        return LayerMerge.encode(rows, other, count, size, new LayerPairs(0, 0.6, 0.3), directions)[random.nextInt(2)];
    }

    private static double largest(List<Dense> cells) {
        return cells.stream()
                .flatMap(cell -> cell.values().stream())
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElseThrow();
    }

    private Tensor filled(int rows, int columns) {
        float[] values = new float[rows * columns];
        Arrays.fill(values, 1);
        return tensor(values, columns);
    }

    private Tensor tensor(float[] values, int columns) {
        Tensor tensor = backend.allocate(values.length / columns, columns);
        tensor.write(0, values, 0, values.length / columns);
        return tensor;
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[tensor.rows() * tensor.columns()];
        tensor.read(0, values, 0, tensor.rows());
        return values;
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static void assertClose(float[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
                throw new AssertionError(
                        "value " + i + " is " + actual[i] + ", expected " + expected[i] + " within " + tolerance);
            }
        }
    }
}
