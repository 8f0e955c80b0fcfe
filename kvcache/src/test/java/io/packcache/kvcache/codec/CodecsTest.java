package io.packcache.kvcache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.EncodedRows;
import io.packcache.kvcache.compute.rows.StoredRows;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every codec does alike, for keys and for values. */
class CodecsTest {

    @Property(tries = 200)
    void bytesAreKnownBeforeEncoding(@ForAll("codecs") Codec codec, @ForAll("matrices") Matrix matrix) {
        assertThat(matrix.encode(codec).bytes()).isEqualTo(codec.bytes(matrix.count(), matrix.columns()));
    }

    @Property(tries = 200)
    void anyStretchDecodesAsTheWholeDoes(
            @ForAll("codecs") Codec codec, @ForAll("matrices") Matrix matrix, @ForAll Random random) {
        EncodedRows rows = matrix.encode(codec);
        int first = random.nextInt(matrix.count());
        int count = random.nextInt(matrix.count() - first + 1);
        float[] target = new float[count * matrix.columns() + 5];
        Arrays.fill(target, 7);

        rows.decode(first, count, target, 3);

        float[] whole = Matrix.decoded(rows).values();
        assertThat(Arrays.copyOfRange(target, 3, target.length - 2))
                .isEqualTo(Arrays.copyOfRange(whole, first * matrix.columns(), (first + count) * matrix.columns()));
        assertThat(new float[] {target[0], target[2], target[target.length - 1]})
                .containsOnly(7);
    }

    @Property(tries = 200)
    void droppingRowsNeverQuantisesAgain(
            @ForAll("codecs") Codec codec, @ForAll("matrices") Matrix matrix, @ForAll Random random) {
        EncodedRows rows = matrix.encode(codec);
        Matrix before = Matrix.decoded(rows);
        int[] kept = some(matrix.count(), random);
        int[] keptOfThose = some(kept.length, random);

        EncodedRows twice = rows.select(kept).select(keptOfThose);

        Matrix after = Matrix.decoded(twice);
        for (int r = 0; r < keptOfThose.length; r++) {
            for (int c = 0; c < matrix.columns(); c++) {
                assertThat(after.get(r, c)).isEqualTo(before.get(kept[keptOfThose[r]], c));
            }
        }
        assertThat(twice.bytes()).isLessThanOrEqualTo(rows.bytes());
    }

    @Property(tries = 200)
    void storedRowsComeBackTheSame(
            @ForAll("codecs") Codec codec, @ForAll("matrices") Matrix matrix, @ForAll Random random) {
        EncodedRows rows = matrix.encode(codec).select(some(matrix.count(), random));
        ByteBuffer file = stored(rows);

        EncodedRows loaded = StoredRows.load(file);

        assertThat(file.remaining()).isZero();
        assertThat(loaded.bytes()).isEqualTo(rows.bytes());
        assertThat(Matrix.decoded(loaded).values())
                .isEqualTo(Matrix.decoded(rows).values());
    }

    @Property(tries = 1000)
    void brokenFilesAreRefusedOrStillDecode(
            @ForAll("codecs") Codec codec, @ForAll("matrices") Matrix matrix, @ForAll Random random) {
        ByteBuffer file = stored(matrix.encode(codec));
        byte[] bytes = new byte[random.nextBoolean() ? file.limit() : random.nextInt(file.limit())];
        file.get(bytes);
        for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
            bytes[random.nextInt(Math.min(bytes.length, 64))] ^= (byte) (1 << random.nextInt(8));
        }
        EncodedRows loaded;
        try {
            loaded = StoredRows.load(ByteBuffer.wrap(bytes));
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageContaining("byte ");
            return;
        }
        assertThat(loaded.bytes()).isLessThanOrEqualTo(bytes.length);
        loaded.decode(0, 1, new float[loaded.columns()], 0);
        loaded.decode(loaded.rows() - 1, 1, new float[loaded.columns()], 0);
    }

    @Test
    void valuesThatAreNotFiniteAreRefusedWithTheirPlace() {
        float[] rows = new float[60];
        rows[37] = Float.NaN;
        for (String name : Codecs.names().subList(2, Codecs.names().size())) {
            assertThatThrownBy(() -> Codecs.values(name).encode(rows, 6, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("row 3, column 7 holds NaN");
        }
    }

    @ParameterizedTest
    @CsvSource({"32, 664", "64, 104", "128, 104"})
    void residualCentroidsTakeASeventhOfBfloat16TablesIncluded(int columns, int fewestRows) {
        Codec codec = Codecs.keys("quant-videogen");
        for (int rows = fewestRows; rows < 5000; rows++) {
            assertThat(7 * codec.bytes(rows, columns)).isLessThanOrEqualTo(2L * rows * columns);
        }
        float[] frame = Matrix.random(1024, columns, 3).values();
        assertThat(7 * codec.encode(frame, 1024, columns).bytes()).isLessThan(2L * 1024 * columns);
    }

    @Test
    void int8TakesAQuarterOfFloat32() {
        assertThat(Codecs.keys("int8").bytes(1024, 64)).isEqualTo(1024 * 64 + 4 * 64 + 4);
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> Codecs.keys("int3"))
                .hasMessageStartingWith("unknown codec 'int3': choose one of float32");
        assertThat(Codecs.names()).doesNotHaveDuplicates();
        for (String name : Codecs.names()) {
            assertThat(Codecs.keys(name).name()).isEqualTo(name);
            assertThat(Codecs.values(name).name()).isEqualTo(name);
        }
    }

    @Provide
    Arbitrary<Matrix> matrices() {
        return Matrix.any();
    }

    @Provide
    Arbitrary<Codec> codecs() {
        return Arbitraries.of(Codecs.names()).flatMap(name -> Arbitraries.of(Codecs.keys(name), Codecs.values(name)));
    }

    private static ByteBuffer stored(EncodedRows rows) {
        ByteBuffer file = ByteBuffer.allocate(rows.storedBytes());
        rows.store(file);
        assertThat(file.remaining()).isZero();
        return file.flip();
    }

    private static int[] some(int count, Random random) {
        double share = random.nextDouble();
        int[] some = IntStream.range(0, count)
                .filter(r -> random.nextDouble() < share)
                .toArray();
        return some.length > 0 ? some : new int[] {random.nextInt(count)};
    }
}
