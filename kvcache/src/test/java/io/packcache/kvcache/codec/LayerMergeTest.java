package io.packcache.kvcache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.PairedRows;
import io.packcache.kvcache.compute.rows.StoredRows;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Two layers through the pair format: within the angle it states, lengths exact, and no byte more than it says. */
class LayerMergeTest {

    private static final Codec FLOATS = Codecs.keys("float32");
    private static final LayerPairs PAPER = new LayerPairs(0, 0.6, 0.05);

    @Property(tries = 150)
    void aMergedRowKeepsItsLengthAndTurnsByItsShareOfTheAngle(
            @ForAll @IntRange(min = 1, max = 60) int rows,
            @ForAll @IntRange(min = 2, max = 40) int columns,
            @ForAll @DoubleRange(min = 0, max = 1) double weight,
            @ForAll @DoubleRange(min = 0, max = 1) double retention,
            @ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
        Matrix first = Matrix.random(rows, columns, seed);
        Matrix second = like(first, seed);
        PairedRows[] both = merge(first, second, new LayerPairs(0, weight, retention));
        Matrix a = Matrix.decoded(both[0]);
        Matrix b = Matrix.decoded(both[1]);
        for (int row = 0; row < rows; row++) {
            double angle = angle(first, second, row);
            if (isApart(both[0], row)) {
                assertThat(distance(first, a, row)).isZero();
                assertThat(distance(second, b, row)).isZero();
            } else {
                assertTurned(first, a, row, weight * angle);
                assertTurned(second, b, row, (1 - weight) * angle);
            }
        }
    }

    private static void assertTurned(Matrix from, Matrix to, int row, double by) {
        double length = length(from, row);
        assertThat(Math.abs(length(to, row) - length)).isLessThanOrEqualTo(length * 1e-5);
        assertThat(distance(from, to, row)).isLessThanOrEqualTo(length * (2 * Math.sin(by / 2) + 1e-5));
    }

    @Test
    void tokensWhoseLayersDifferMostStayApartAndNoOthers() {
        Matrix first = Matrix.random(80, 16, 5);
        Matrix second = like(first, 6);
        double largest = 0;
        double smallest = Math.PI;
        for (int row = 0; row < 80; row++) {
            if (angle(first, second, row) < Math.PI) {
                largest = Math.max(largest, angle(first, second, row));
                smallest = Math.min(smallest, angle(first, second, row));
            }
        }
        PairedRows leading = merge(first, second, new LayerPairs(0, 0.6, 0.3))[0];
        for (int row = 0; row < 80; row++) {
            assertThat(isApart(leading, row))
                    .as("row %d", row)
                    .isEqualTo(angle(first, second, row) > largest - 0.3 * (largest - smallest));
        }
    }

    @Test
    void rowsWithoutADirectionBetweenThemStayApart() {
        Matrix first = new Matrix(4, 2, new float[] {1, 2, 0, 0, 3, -1, 1, 0});
        Matrix second = new Matrix(4, 2, new float[] {1, 2, 1, 1, -3, 1, 0, 1});
        PairedRows[] both = merge(first, second, new LayerPairs(0, 0.5, 0));

        assertThat(both[0].shared().apart()).containsExactly(1, 2);
        assertThat(Matrix.decoded(both[1]).get(2, 0)).isEqualTo(-3);
        assertThat(Matrix.decoded(both[0]).get(0, 1)).isEqualTo(2, org.assertj.core.api.Assertions.within(1e-6f));
    }

    @Property(tries = 60)
    void bothLayersThinnedTogetherAreTheSameRowsAndStillShare(
            @ForAll @IntRange(min = 2, max = 70) int rows, @ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
        Matrix first = Matrix.random(rows, 8, seed);
        PairedRows[] both = merge(first, like(first, seed), PAPER);
        int[] kept = new Random(seed)
                .ints(0, rows)
                .limit(1 + rows / 2)
                .distinct()
                .sorted()
                .toArray();

        PairedRows leading = both[0].select(kept);
        PairedRows following = both[1].selectBehind(leading, kept);

        assertThat(following.shared()).isSameAs(leading.shared());
        for (int i = 0; i < kept.length; i++) {
            assertThat(row(leading, i)).isEqualTo(row(both[0], kept[i]));
            assertThat(row(following, i)).isEqualTo(row(both[1], kept[i]));
        }
        int apart = leading.shared().apart().length;
        assertThat(leading.bytes() + following.bytes())
                .isEqualTo(4L * (apart + 8L * (kept.length - apart) + 2L * (kept.length - apart) + 16L * apart));
    }

    @Property(tries = 60)
    void storedPairsComeBackAsTheyWereAndShare(
            @ForAll @IntRange(min = 1, max = 40) int rows,
            @ForAll("codecs") String codec,
            @ForAll @IntRange(min = 0, max = 1_000_000) int seed) {
        Matrix first = Matrix.random(rows, 8, seed);
        Matrix second = like(first, seed);
        PairedRows[] both = LayerMerge.encode(first.values(), second.values(), rows, 8, PAPER, Codecs.keys(codec));
        EncodedRows leading = StoredRows.load(stored(both[0]));
        EncodedRows following = StoredRows.load(stored(both[1]), leading);

        assertThat(Matrix.decoded(leading).values())
                .isEqualTo(Matrix.decoded(both[0]).values());
        assertThat(Matrix.decoded(following).values())
                .isEqualTo(Matrix.decoded(both[1]).values());
        assertThat(leading.bytes() + following.bytes()).isEqualTo(both[0].bytes() + both[1].bytes());
        assertThatThrownBy(() -> StoredRows.load(stored(both[1]), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("rows that share directions with no others");
        assertThatThrownBy(() -> StoredRows.load(stored(both[1]), following))
                .hasMessageEndingWith("rows that share directions with no others");
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<String> codecs() {
        return net.jqwik.api.Arbitraries.of(Codecs.names());
    }

    @Test
    void brokenPairsAreRefusedOrDecodeAndNeverReserveMoreThanTheyExplain() {
        Matrix first = Matrix.random(30, 8, 3);
        byte[] good = stored(merge(first, like(first, 3), PAPER)[0]).array();
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bad = good.clone();
            bad[random.nextInt(Math.min(bad.length, 60))] = (byte) random.nextInt();
            try {
                Matrix.decoded(StoredRows.load(ByteBuffer.wrap(bad)));
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageStartingWith("stored rows are broken before byte");
            }
        }
    }

    private static ByteBuffer stored(EncodedRows rows) {
        ByteBuffer out = ByteBuffer.allocate(rows.storedBytes());
        rows.store(out);
        assertThat(out.hasRemaining()).isFalse();
        return out.flip();
    }

    private static PairedRows[] merge(Matrix first, Matrix second, LayerPairs pairs) {
        return LayerMerge.encode(first.values(), second.values(), first.count(), first.columns(), pairs, FLOATS);
    }

    /** Another layer's rows: some much like the first's, some not, of other lengths. */
    private static Matrix like(Matrix first, long seed) {
        Random random = new Random(seed ^ 77);
        float[] values = first.values().clone();
        for (int row = 0; row < first.count(); row++) {
            double noise = random.nextInt(4) == 0 ? 2 : 0.3;
            double length = 0.2 + random.nextDouble();
            for (int at = row * first.columns(); at < (row + 1) * first.columns(); at++) {
                values[at] = (float) (length * values[at] * (1 + noise * random.nextGaussian()));
            }
        }
        return new Matrix(first.count(), first.columns(), values);
    }

    private static boolean isApart(PairedRows rows, int row) {
        return IntStream.of(rows.shared().apart()).anyMatch(apart -> apart == row);
    }

    private static float[] row(EncodedRows rows, int row) {
        float[] values = new float[rows.columns()];
        rows.decode(row, 1, values, 0);
        return values;
    }

    private static double angle(Matrix a, Matrix b, int row) {
        double dot = 0;
        for (int c = 0; c < a.columns(); c++) {
            dot += (double) a.get(row, c) * b.get(row, c);
        }
        double lengths = length(a, row) * length(b, row);
        return lengths == 0 ? Math.PI : Math.acos(Math.max(-1, Math.min(1, dot / lengths)));
    }

    private static double length(Matrix matrix, int row) {
        double squares = 0;
        for (int c = 0; c < matrix.columns(); c++) {
            squares += (double) matrix.get(row, c) * matrix.get(row, c);
        }
        return Math.sqrt(squares);
    }

    private static double distance(Matrix a, Matrix b, int row) {
        double squares = 0;
        for (int c = 0; c < a.columns(); c++) {
            squares += Math.pow((double) a.get(row, c) - b.get(row, c), 2);
        }
        return Math.sqrt(squares);
    }
}
