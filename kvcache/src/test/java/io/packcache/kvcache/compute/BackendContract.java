package io.packcache.kvcache.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend must do; a concrete test says how to open one. */
public abstract class BackendContract {

    private static final double ROUNDING = Math.ulp(1f);

    private final Random random = new Random(7);
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

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "2, 3, 5",
        "7, 17, 31",
        "6, 16, 16",
        "12, 64, 96",
        "5, 515, 7",
        "13, 33, 65",
        "97, 300, 49",
        "101, 130, 130",
        "193, 40, 33",
        "1, 600, 1000"
    })
    void productMatchesItsDefinition(int rows, int inputs, int outputs) {
        float[] x = Naive.random(random, rows * inputs);
        float[] matrix = Naive.random(random, outputs * inputs);
        float[] bias = outputs % 2 == 0 ? null : Naive.random(random, outputs);
        Tensor y = backend.allocate(rows, outputs);

        backend.multiply(tensor(x, inputs), 0, rows, backend.pack(matrix, outputs, inputs, bias), y);

        assertClose(values(y), Naive.multiply(x, rows, matrix, outputs, inputs, bias), ROUNDING * (inputs + 4));
    }

    @ParameterizedTest
    @CsvSource({
        "BFLOAT16, 1, 1, 1",
        "BFLOAT16, 7, 17, 31",
        "BFLOAT16, 97, 300, 49",
        "BFLOAT16, 5, 515, 600",
        "FLOAT16, 2, 3, 5",
        "FLOAT16, 101, 130, 130",
        "FLOAT16, 1, 600, 1000"
    })
    void sixteenBitWeightsComputeAsTheirFloat32Values(NumberFormat format, int rows, int inputs, int outputs) {
        float[] matrix = Naive.random(random, outputs * inputs);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] = format.widen(format.narrow(matrix[i] * (float) Math.scalb(1.0, -(i % 24))));
        }
        float[] bias = Naive.random(random, outputs);
        Tensor x = tensor(Naive.random(random, rows * inputs), inputs);
        Tensor y = backend.allocate(rows, outputs);
        Tensor expected = backend.allocate(rows, outputs);
        Weights weights = backend.pack(new StoredMatrix(matrix, outputs, inputs, format), bias);

        backend.multiply(x, 0, rows, weights, y);
        backend.multiply(x, 0, rows, backend.pack(matrix, outputs, inputs, bias), expected);

        assertThat(values(y)).containsExactly(values(expected));
        assertThat(weights.bytes()).isBetween(2L * matrix.length, 2L * (inputs + 2) * (outputs + 64));
    }

    @Test
    void aMatrixElsewhereIsReadOnceAndNotBeforeItIsNeeded() {
        StoredMatrix stored = new StoredMatrix(Naive.random(random, 30 * 40), 30, 40, NumberFormat.FLOAT32);
        Weights weights = backend.pack(stored, null);
        assertThat(stored.rowsRead()).isZero();

        weights.prepare();
        weights.prepare();
        backend.multiply(backend.allocate(2, 40), 0, 2, weights, backend.allocate(2, 30));

        assertThat(stored.rowsRead()).isEqualTo(30);
    }

    @Test
    void aMatrixThatCouldNotBeReadIsReadAgain() {
        float[] matrix = Naive.random(random, 30 * 40);
        StoredMatrix stored = new StoredMatrix(matrix, 30, 40, NumberFormat.FLOAT32);
        Tensor x = tensor(Naive.random(random, 40), 40);
        Tensor y = backend.allocate(1, 30);
        Weights weights = backend.pack(stored, null);
        stored.failNextRead();

        assertThatThrownBy(() -> backend.multiply(x, 0, 1, weights, y)).hasMessageContaining("the disk is gone");
        backend.multiply(x, 0, 1, weights, y);

        assertClose(values(y), Naive.multiply(values(x), 1, matrix, 30, 40, null), ROUNDING * 44);
    }

    @Test
    void productTouchesOnlyItsRows() {
        Tensor x = tensor(Naive.random(random, 20 * 30), 30);
        Tensor y = filled(20, 50, 9);
        Weights weights = backend.pack(Naive.random(random, 50 * 30), 50, 30, null);

        backend.multiply(x, 3, 8, weights, y);

        assertThat(Arrays.copyOfRange(values(y), 0, 3 * 50)).containsOnly(9);
        assertThat(Arrays.copyOfRange(values(y), 3 * 50, 11 * 50)).doesNotContain(9);
        assertThat(Arrays.copyOfRange(values(y), 11 * 50, 20 * 50)).containsOnly(9);
    }

    @Test
    void productOfARowDoesNotDependOnTheRowsBesideIt() {
        int inputs = 520;
        float[] x = Naive.random(random, 103 * inputs);
        Weights weights = backend.pack(Naive.random(random, 37 * inputs), 37, inputs, null);
        Tensor all = backend.allocate(103, 37);
        Tensor one = backend.allocate(103, 37);

        backend.multiply(tensor(x, inputs), 0, 103, weights, all);
        backend.multiply(tensor(x, inputs), 101, 1, weights, one);

        assertThat(row(one, 101)).containsExactly(row(all, 101));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "5, 33", "2, 192", "40, 513"})
    void rmsNormMatchesItsDefinition(int rows, int columns) {
        float[] x = Naive.random(random, rows * columns);
        float[] weight = Naive.random(random, columns);
        Tensor y = tensor(x, columns);

        backend.rmsNorm(y, rows, tensor(weight, columns), 1e-5f, y);

        assertClose(values(y), Naive.rmsNorm(x, rows, columns, weight, 1e-5f), ROUNDING * (columns + 4));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 3", "3, 3, 1, 64", "5, 6, 2, 32", "40, 4, 4, 128", "2, 8, 2, 19"})
    void headNormMatchesItsDefinition(int rows, int heads, int groups, int size) {
        float[] x = Naive.random(random, rows * heads * size);
        float[] weight = Naive.random(random, groups * size);
        float[] bias = Naive.random(random, groups * size);
        Tensor y = tensor(x, heads * size);

        backend.headNorm(y, rows, heads, tensor(weight, size), tensor(bias, size), 1e-5f);

        double[] expected = Naive.headNorm(x, rows, heads, groups, size, weight, bias, 1e-5f);
        assertClose(values(y), expected, ROUNDING * (size + 16));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 3, 32", "7, 2, 19", "90, 4, 64", "5, 6, 16"})
    void rotationMatchesItsDefinition(int rows, int heads, int half) {
        float[] x = Naive.random(random, rows * heads * 2 * half);
        float[] cos = Naive.random(random, rows * half);
        float[] sin = Naive.random(random, rows * half);
        Tensor y = tensor(x, heads * 2 * half);

        backend.rotate(y, rows, heads, tensor(cos, half), tensor(sin, half));

        assertClose(values(y), Naive.rotate(x, rows, heads, half, cos, sin), ROUNDING * 2);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "5, 33", "40, 513"})
    void swiGluMatchesItsDefinitionFarFromZeroToo(int rows, int columns) {
        float[] gate = Naive.random(random, rows * columns);
        for (int i = 0; i < gate.length; i++) {
            gate[i] *= i % 3 == 0 ? 150 : 10;
        }
        float[] up = Naive.random(random, rows * columns);
        Tensor y = tensor(gate, columns);

        backend.swiGlu(y, tensor(up, columns), rows, y);

        assertClose(values(y), Naive.swiGlu(gate, up), ROUNDING * 150);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "40, 513"})
    void addAddsTheGivenRowsOnly(int rows, int columns) {
        float[] x = Naive.random(random, (rows + 1) * columns);
        Tensor target = filled(rows + 1, columns, 2);

        backend.add(tensor(x, columns), rows, target);

        float[] result = values(target);
        for (int i = 0; i < result.length; i++) {
            assertThat(result[i]).isEqualTo(i < rows * columns ? 2 + x[i] : 2);
        }
    }

    @Test
    void embedGathersRows() {
        Tensor out = backend.allocate(3, 2);
        Indices rows = backend.allocateIndices(4);
        rows.write(new int[] {2, 0, 2, 5}, 3);

        backend.embed(tensor(new float[] {0, 1, 10, 11, 20, 21}, 2), rows, 3, out);

        assertThat(values(out)).containsExactly(20, 21, 0, 1, 20, 21);
        int[] read = new int[3];
        rows.read(read, 3);
        assertThat(read).containsExactly(2, 0, 2);
        rows.write(new int[] {3}, 1);
        assertThatThrownBy(() -> backend.embed(out, rows, 1, out)).hasMessageContaining("row 3 is wanted of");
        assertThatThrownBy(() -> rows.write(new int[] {0, -1}, 2)).hasMessageContaining("-1");
        assertThatThrownBy(() -> rows.write(new int[5], 5)).hasMessageContaining("4");
        rows.close();
    }

    @Test
    void storeHeadsSplitsRowsByHead() {
        Tensor[] heads = {backend.allocate(4, 2), backend.allocate(4, 2)};

        backend.storeHeads(tensor(new float[] {0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}, 4), 1, 2, heads, new int[] {2, 1});

        assertThat(values(heads[0])).containsExactly(0, 0, 0, 0, 1, 2, 5, 6);
        assertThat(values(heads[1])).containsExactly(0, 0, 3, 4, 7, 8, 0, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 32, 1",
        "5, 3, 3, 64, 7",
        "17, 3, 1, 64, 191",
        "33, 6, 2, 32, 400",
        "3, 2, 2, 128, 1000",
        "7, 4, 4, 128, 97",
        "20, 1, 1, 19, 50"
    })
    void attentionMatchesItsDefinition(int rows, int heads, int keyHeads, int size, int keyCount) {
        int[] all = IntStream.generate(() -> keyCount).limit(rows).toArray();
        checkAttention(rows, heads, keyHeads, size, keyCount, null, all);
        int[] some = random.ints(rows, 1, keyCount + 1).toArray();
        checkAttention(rows, heads, keyHeads, size, keyCount, some, some);
        int[] rising = IntStream.range(0, rows)
                .map(r -> Math.max(1, keyCount - rows + r + 1))
                .toArray();
        checkAttention(rows, heads, keyHeads, size, keyCount, rising, rising);
    }

    private void checkAttention(
            int rows, int heads, int keyHeads, int size, int keyCount, int[] visible, int[] expectedVisible) {
        int before = 2;
        float[] queries = Naive.random(random, (before + rows) * heads * size);
        float[][] keys = new float[keyHeads][];
        float[][] values = new float[keyHeads][];
        for (int h = 0; h < keyHeads; h++) {
            keys[h] = Naive.random(random, (keyCount + 3) * size);
            values[h] = Naive.random(random, (keyCount + 3) * size);
            keys[h][0] *= 100;
        }
        Tensor output = filled(before + rows, heads * size, 9);

        backend.attention(new Attention(
                tensor(queries, heads * size),
                before,
                rows,
                heads,
                cells(tensors(keys, size), tensors(values, size), keyCount),
                hidden(visible, keyCount),
                output));

        int skipped = before * heads * size;
        float[] block = Arrays.copyOfRange(queries, skipped, queries.length);
        double[] expected = Naive.attention(block, rows, heads, size, keys, values, expectedVisible);
        float[] actual = values(output);
        assertClose(
                Arrays.copyOfRange(actual, skipped, actual.length), expected, ROUNDING * (keyCount / 4.0 + 8 * size));
        assertThat(Arrays.copyOf(actual, skipped)).containsOnly(9);
    }

    private static CellRows[] cells(Tensor[] keys, Tensor[] values, int count) {
        return IntStream.range(0, keys.length)
                .mapToObj(h -> new CellRows(keys[h], values[h], count))
                .toArray(CellRows[]::new);
    }

    private static int[] hidden(int[] visible, int count) {
        return visible == null
                ? null
                : Arrays.stream(visible).map(seen -> count - seen).toArray();
    }

    @Test
    void attentionOfARowIsTheSameWhetherHiddenKeysExistOrNot() {
        int size = 32;
        Tensor queries = tensor(Naive.random(random, 9 * size), size);
        Tensor[] keys = {tensor(Naive.random(random, 500 * size), size)};
        Tensor[] values = {tensor(Naive.random(random, 500 * size), size)};
        int[] visible = {300, 500, 1, 7, 299, 450, 500, 20, 20};
        Tensor together = backend.allocate(9, size);
        Tensor alone = backend.allocate(9, size);

        backend.attention(new Attention(queries, 0, 9, 1, cells(keys, values, 500), hidden(visible, 500), together));
        for (int r = 0; r < 9; r++) {
            backend.attention(new Attention(queries, r, 1, 1, cells(keys, values, visible[r]), null, alone));
        }

        assertThat(values(alone)).containsExactly(values(together));
    }

    @Test
    void attentionSurvivesLargeScores() {
        float[] key = new float[32 * 300];
        Arrays.fill(key, 60);
        Arrays.fill(key, 0, 32, -60);
        float[] value = new float[32 * 300];
        Arrays.fill(value, 3);
        Tensor output = backend.allocate(1, 32);

        backend.attention(new Attention(
                filled(1, 32, 60),
                0,
                1,
                1,
                new CellRows[] {new CellRows(tensor(key, 32), tensor(value, 32), 300)},
                null,
                output));

        for (float channel : values(output)) {
            assertThat((double) channel).isCloseTo(3, within(1e-5));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 2, 5", "2, 0, 5", "1, 3, 1", "4, 4, 3", "0, 7, 0"})
    void moveRowsMovesOverlappingRangesIntact(int from, int to, int count) {
        float[] before = Naive.random(random, 8 * 3);
        Tensor tensor = tensor(before, 3);

        backend.moveRows(tensor, from, to, count);

        float[] expected = before.clone();
        for (int i = 0; i < count * 3; i++) {
            expected[to * 3 + i] = before[from * 3 + i];
        }
        assertThat(values(tensor)).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({"3, 1", "7, 3", "64, 16", "30, 128"})
    void closingUpKeepsEveryRunIntactInEveryTensor(int columns, int tensorCount) {
        int[] from = {0, 5, 6, 40, 700};
        int[] length = {2, 1, 30, 600, 100};
        int kept = Arrays.stream(length).sum();
        float[][] before = new float[tensorCount][];
        Arrays.setAll(before, t -> Naive.random(random, 801 * columns));
        Tensor[] tensors = tensors(before, columns);

        backend.closeUp(tensors, from, length, 5);

        for (int t = 0; t < tensorCount; t++) {
            float[] expected = new float[kept * columns];
            int to = 0;
            for (int run = 0; run < 5; run++) {
                System.arraycopy(before[t], from[run] * columns, expected, to, length[run] * columns);
                to += length[run] * columns;
            }
            assertThat(Arrays.copyOf(values(tensors[t]), kept * columns)).containsExactly(expected);
        }
    }

    @Test
    void copiedRowsAreTheSame() {
        float[] rows = Naive.random(random, 3000 * 40);
        Tensor to = backend.allocateCache(5000, 40);
        Tensor from = backend.allocateCache(3000, 40);
        from.write(0, rows, 0, 3000);

        backend.copyRows(from, 1, to, 2, 2998);

        float[] stored = values(from);
        assertThat(Arrays.copyOfRange(values(to), 2 * 40, 3000 * 40))
                .containsExactly(Arrays.copyOfRange(stored, 40, 2999 * 40));
        assertThat(row(to, 1)).containsOnly(0);
        assertThat(row(to, 3000)).containsOnly(0);
        assertThatThrownBy(() -> backend.copyRows(from, 3, to, 0, 2998)).hasMessageContaining("3000 rows");
    }

    @Test
    void recordedWorkIsDoneOnWhateverTheTensorsHold() {
        Tensor x = backend.allocate(5, 48);
        Tensor y = backend.allocate(5, 48);
        Tensor attended = backend.allocate(5, 48);
        Tensor keys = backend.allocate(7, 48);
        Weights weights = backend.pack(Naive.random(random, 48 * 48), 48, 48, null);
        int[] hidden = {0, 1, 2, 3, 6};
        CellRows[] cells = {new CellRows(keys, keys, 7)};
        Runnable work = () -> {
            backend.multiply(x, 0, 5, weights, y);
            backend.storeHeads(y, 0, 5, new Tensor[] {keys}, new int[] {2});
            backend.attention(new Attention(y, 0, 5, 1, cells, hidden, attended));
            backend.add(attended, 5, x);
        };
        try (Recording recording = backend.record(work)) {
            for (int run = 0; run < 5; run++) {
                float[] before = Naive.random(random, 5 * 48);
                x.write(0, before, 0, 5);
                work.run();
                float[] expected = values(x);
                x.write(0, before, 0, 5);

                recording.run();

                assertThat(values(x)).containsExactly(expected);
                if (run == 2) {
                    // What grows between two runs must not leave the recording behind.
                    Weights wide = backend.pack(new float[48 * 48], 48, 48, null);
                    backend.multiply(backend.allocate(900, 48), 0, 900, wide, backend.allocate(900, 48));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 16, 21, 32, 64})
    void gatheredRowsCloseUpInOrderAndTurnByTheirOwnAngles(int pairs) {
        int columns = 2 * pairs;
        float[] before = Naive.random(random, 40 * columns);
        double[][] angles = {angles(pairs), angles(pairs), new double[pairs]};
        RowGather rows = backend.startGather(pairs);
        for (double[] turn : angles) {
            rows.addTurn(turn);
        }
        List<double[]> turned = new ArrayList<>();
        List<float[]> moved = new ArrayList<>();
        for (int row = 0; row < 39; row++) {
            if (row < 3 || random.nextInt(3) > 0) {
                int turn = row < 2 ? RowGather.NO_TURN : random.nextInt(4) - 1;
                rows.keep(row, turn);
                float[] source = Arrays.copyOfRange(before, row * columns, (row + 1) * columns);
                moved.add(source);
                turned.add(Naive.turned(source, turn < 0 ? new double[pairs] : angles[turn]));
            }
        }
        Tensor[] keys = {tensor(before, columns), tensor(before, columns)};
        Tensor values = tensor(before, columns);

        backend.gather(rows, keys, new Tensor[] {values});

        assertThat(rows.rows()).isEqualTo(moved.size());
        for (int row = 0; row < moved.size(); row++) {
            assertThat(row(values, row)).containsExactly(moved.get(row));
            assertClose(row(keys[0], row), turned.get(row), ROUNDING * 2);
            assertThat(row(keys[1], row)).containsExactly(row(keys[0], row));
        }
    }

    /** Always by the same angles: an error with a preferred direction would add up ten thousand times. */
    @Test
    void tenThousandTurnsOfARowAreOneTurnByTheSum() {
        int pairs = 32;
        float[] before = Naive.random(random, 3 * 2 * pairs);
        Tensor tensor = tensor(before, 2 * pairs);
        double[] angles = angles(pairs);
        for (int i = 0; i < 10_000; i++) {
            RowGather rows = backend.startGather(pairs);
            rows.keep(0, RowGather.NO_TURN);
            rows.keep(1, rows.addTurn(angles));
            backend.gather(rows, new Tensor[] {tensor}, new Tensor[0]);
        }

        double[] sum = Arrays.stream(angles).map(angle -> 10_000 * angle).toArray();
        double[] expected = Naive.turned(Arrays.copyOfRange(before, 2 * pairs, 4 * pairs), sum);
        assertClose(row(tensor, 1), expected, 2e-5);
        assertThat(row(tensor, 0)).containsExactly(Arrays.copyOfRange(before, 0, 2 * pairs));
        assertThat(row(tensor, 2)).containsExactly(Arrays.copyOfRange(before, 4 * pairs, 6 * pairs));
    }

    @Test
    void gathersThatDoNotFitAreRefused() {
        RowGather rows = backend.startGather(2);
        rows.keep(3, RowGather.NO_TURN);
        assertThatThrownBy(() -> rows.keep(3, RowGather.NO_TURN))
                .hasMessageContaining("row 3 with turn -1 cannot follow row 3");
        assertThatThrownBy(() -> rows.keep(4, 0)).hasMessageContaining("there are 0 turns");
        Tensor small = backend.allocate(3, 4);
        Tensor narrow = backend.allocate(4, 2);
        assertThatThrownBy(() -> backend.gather(rows, new Tensor[] {small}, new Tensor[0]))
                .hasMessageContaining("lie outside its 3 rows");
        assertThatThrownBy(() -> backend.gather(rows, new Tensor[] {narrow}, new Tensor[0]))
                .hasMessageContaining("2 columns, needs 4");
    }

    @Test
    void rotateRowsTurnsPairsByTheGivenAngle() {
        Tensor tensor = tensor(new float[] {1, 0, 0, 2}, 4);

        backend.rotateRows(tensor, 0, 1, new double[] {0, 1}, new double[] {1, 0});

        assertThat(values(tensor)).containsExactly(0, 0, 1, 2);
    }

    private double[] angles(int pairs) {
        return IntStream.range(0, pairs)
                .mapToDouble(j -> (random.nextBoolean() ? 1 : -1) / (random.nextInt(5) + j + 1.0))
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 64, 511, 513, 4000, 64_000})
    void sampleDrawsWhereTheCumulativeProbabilityPassesTheUniform(int count) {
        int rows = 7;
        float[] guided = scaled(Naive.random(random, (rows + 1) * count), 4);
        float[] unguided = scaled(Naive.random(random, (rows + 2) * count), 4);
        float[] uniforms = {0, 0.999999f, 0.5f, 0.25f, 0.1f, 0.9f, 0.7f};
        int[] drawn = new int[rows];
        float[] probabilities = new float[rows];

        backend.sample(
                tensor(guided, count), 1, tensor(unguided, count), 2, rows, 3f, 0.8f, uniforms, drawn, probabilities);

        for (int r = 0; r < rows; r++) {
            float[] g = Arrays.copyOfRange(guided, (r + 1) * count, (r + 2) * count);
            float[] u = Arrays.copyOfRange(unguided, (r + 2) * count, (r + 3) * count);
            double[] p = Naive.softmax(g, u, 3f, 0.8f);
            double below = Arrays.stream(p).limit(drawn[r]).sum();
            assertThat(below).isLessThanOrEqualTo(uniforms[r] + 2e-6);
            assertThat(below + p[drawn[r]]).isGreaterThan(uniforms[r] - 2e-6);
            assertThat(probabilities[r] / p[drawn[r]]).isCloseTo(1, within(2e-5));
        }
    }

    @Test
    void sampleAtTemperatureZeroTakesTheMostLikely() {
        Tensor logits = tensor(new float[] {1, 3, 3, -2, 0, 0, 0, 5}, 4);
        int[] drawn = new int[2];
        float[] probabilities = new float[2];

        backend.sample(logits, 0, null, 0, 2, 9, 0, new float[] {0.99f, 0}, drawn, probabilities);

        assertThat(drawn).containsExactly(1, 3);
        assertThat(probabilities[1] / (Math.exp(5) / (Math.exp(5) + 3))).isCloseTo(1, within(1e-6));
    }

    @Test
    void sampleNeverDrawsAnImpossibleColumn() {
        float[] logits = new float[600];
        Arrays.fill(logits, -300);
        logits[300] = 0;
        logits[599] = 0;
        int[] drawn = new int[2];
        float[] probabilities = new float[2];

        backend.sample(tensor(logits, 300), 0, null, 0, 2, 1, 1, new float[] {0, 0.9999f}, drawn, probabilities);

        assertThat(probabilities[0]).isGreaterThan(0);
        assertThat(drawn[1]).isEqualTo(299);
        assertThat(probabilities[1]).isEqualTo(0.5f);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void sampleNamesTheRowWhoseLogitsAreBroken(float broken) {
        float[] logits = new float[40];
        logits[20 + 13] = broken;

        assertThatThrownBy(() ->
                        backend.sample(tensor(logits, 20), 0, null, 0, 2, 1, 1, new float[2], new int[2], new float[2]))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("row 1");
    }

    @Test
    void wrongShapesAreRefusedWithTheirNumbers() {
        Tensor x = backend.allocate(4, 6);
        Weights weights = backend.pack(new float[5 * 6], 5, 6, null);

        assertThatThrownBy(() -> backend.multiply(x, 2, 3, weights, backend.allocate(8, 5)))
                .hasMessage("rows 2 to 5 of x lie outside its 4 rows");
        assertThatThrownBy(() -> backend.multiply(x, 0, 4, weights, backend.allocate(4, 7)))
                .hasMessage("y has 7 columns, needs 5");
        assertThatThrownBy(() -> backend.rotate(x, 4, 2, x, x)).hasMessageContaining("6");
        assertThatThrownBy(() -> backend.pack(new float[7], 2, 3, null)).hasMessageContaining("needs 6 values, not 7");
        assertThatThrownBy(() -> backend.allocate(1 << 20, 1 << 20)).hasMessageContaining("below 2^31");
    }

    @Test
    void aClosedTensorIsRefused() {
        Tensor tensor = backend.allocate(1, 1);
        tensor.close();
        tensor.close();

        assertThatThrownBy(() -> backend.add(tensor, 1, tensor)).hasMessageContaining("after close");
    }

    private Tensor tensor(float[] values, int columns) {
        Tensor tensor = backend.allocate(values.length / columns, columns);
        tensor.write(0, values, 0, values.length / columns);
        return tensor;
    }

    private Tensor[] tensors(float[][] values, int columns) {
        return Arrays.stream(values).map(v -> tensor(v, columns)).toArray(Tensor[]::new);
    }

    private Tensor filled(int rows, int columns, float value) {
        float[] values = new float[rows * columns];
        Arrays.fill(values, value);
        return tensor(values, columns);
    }

    private static float[] values(Tensor tensor) {
        float[] values = new float[tensor.rows() * tensor.columns()];
        tensor.read(0, values, 0, tensor.rows());
        return values;
    }

    private static float[] row(Tensor tensor, int row) {
        float[] values = new float[tensor.columns()];
        tensor.read(row, values, 0, 1);
        return values;
    }

    private static float[] scaled(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }

    private static void assertClose(float[] actual, double[] expected, double tolerance) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            double error = Math.abs(actual[i] - expected[i]);
            if (!(error <= tolerance)) {
                throw new AssertionError(
                        "value " + i + " is " + actual[i] + ", expected " + expected[i] + " within " + tolerance);
            }
        }
    }
}
