package io.packcache.kvcache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Every codec within the error its documentation states, computed here from the original rows alone. */
class CodecErrorTest {

    private static final double FLOAT = 1e-6;

    @Property(tries = 100)
    void float32IsExact(@ForAll("matrices") Matrix matrix) {
        assertThat(matrix.through(Codecs.keys("float32")).values()).isEqualTo(matrix.values());
    }

    @Property(tries = 100)
    void bfloat16IsWithinHalfAUnitInTheLastPlace(@ForAll("matrices") Matrix matrix) {
        Matrix decoded = matrix.through(Codecs.values("bfloat16"));
        for (int i = 0; i < matrix.values().length; i++) {
            float value = matrix.values()[i];
            assertThat(Math.abs(decoded.values()[i] - value))
                    .isLessThanOrEqualTo((float) (Math.abs(value) * 0x1p-8 + 0x1p-134));
        }
    }

    @Property(tries = 150)
    void integersAreWithinHalfAStepOfTheirGroup(@ForAll("matrices") Matrix matrix, @ForAll("bits") int bits) {
        String name = "int" + bits;
        int tokens = bits == 8 ? matrix.count() : 32;
        Matrix keys = matrix.through(Codecs.keys(name));
        Matrix values = matrix.through(Codecs.values(name));
        double rounding = matrix.largest() * FLOAT;
        for (int r = 0; r < matrix.count(); r++) {
            for (int c = 0; c < matrix.columns(); c++) {
                double channelStep = channelHalfStep(matrix, r, c, tokens, 1 << bits);
                assertThat(Math.abs(keys.get(r, c) - matrix.get(r, c)))
                        .isLessThanOrEqualTo((float) (channelStep + rounding));
                double step = bits == 8 ? channelStep : tokenHalfStep(matrix, r, c, 1 << bits);
                assertThat(Math.abs(values.get(r, c) - matrix.get(r, c)))
                        .isLessThanOrEqualTo((float) (step + rounding));
            }
        }
    }

    private static double channelHalfStep(Matrix matrix, int row, int column, int tokens, int levels) {
        int first = row / tokens * tokens;
        return matrix.halfStep(first, Math.min(matrix.count(), first + tokens), column, column + 1, levels);
    }

    private static double tokenHalfStep(Matrix matrix, int row, int column, int levels) {
        int first = column / 32 * 32;
        return matrix.halfStep(row, row + 1, first, Math.min(matrix.columns(), first + 32), levels);
    }

    @Property(tries = 150)
    void rotationKeepsTheLengthOfTheError(@ForAll("matrices") Matrix matrix, @ForAll("rotatedBits") int bits) {
        Matrix mixed = hadamard(matrix);
        Matrix decoded = matrix.through(Codecs.keys("rotatekv-int" + bits));
        for (int r = 0; r < matrix.count(); r++) {
            double squares = 0;
            for (int c = 0; c < matrix.columns(); c++) {
                squares += Math.pow(tokenHalfStep(mixed, r, c, 1 << bits), 2);
            }
            assertThat(distance(matrix, decoded, r)).isLessThanOrEqualTo(Math.sqrt(squares) + rounding(matrix));
        }
    }

    @Property(tries = 150)
    void residualOfTheNearestCentroidIsWithinHalfItsLargest(@ForAll("matrices") Matrix matrix) {
        // Pages of up to 255 rows have one centroid: the mean of the page, in bfloat16.
        Matrix decoded = matrix.through(Codecs.keys("quant-videogen"));
        double[] mean = new double[matrix.columns()];
        for (int i = 0; i < matrix.values().length; i++) {
            mean[i % matrix.columns()] += matrix.values()[i] / (double) matrix.count();
        }
        for (int r = 0; r < matrix.count(); r++) {
            for (int c = 0; c < matrix.columns(); c++) {
                double rest = 0;
                for (int b = c / 64 * 64; b < Math.min(matrix.columns(), c / 64 * 64 + 64); b++) {
                    rest = Math.max(rest, Math.abs(matrix.get(r, b) - mean[b]) + Math.abs(mean[b]) * 0x1p-8);
                }
                assertThat(Math.abs(decoded.get(r, c) - matrix.get(r, c)))
                        .isLessThanOrEqualTo((float) (rest * 17 / 32 + matrix.largest() * (FLOAT + 0x1p-30)));
            }
        }
    }

    @Test
    void severalCentroidsLeaveOnlyWhatIsWithinAClusterToTheCodes() {
        // Four tight clusters far apart: one mean would leave rests of hundreds, four leave rests below 1.
        float[] rows = new float[512 * 64];
        Random random = new Random(4);
        float[] centres = new float[4 * 64];
        for (int i = 0; i < centres.length; i++) {
            centres[i] = random.nextInt(9) * 64 - 256;
        }
        for (int i = 0; i < rows.length; i++) {
            rows[i] = centres[i / 64 / 128 * 64 + i % 64] + random.nextFloat() - 0.5f;
        }
        Matrix matrix = new Matrix(512, 64, rows);

        Matrix decoded = matrix.through(Codecs.values("quant-videogen"));

        for (int r = 0; r < matrix.count(); r++) {
            assertThat(distance(matrix, decoded, r)).isLessThan(Math.sqrt(64) * (0.5 * 17 / 32 + 0.05));
        }
    }

    @Property(tries = 150)
    void ternaryValuesAreWithinTheirMeanMagnitude(@ForAll("matrices") Matrix matrix) {
        Matrix decoded = matrix.through(Codecs.values("vidkv"));
        for (int r = 0; r < matrix.count(); r++) {
            for (int c = 0; c < matrix.columns(); c++) {
                int first = r / 32 * 32;
                double mean = matrix.mean(first, Math.min(matrix.count(), first + 32), c);
                double x = Math.abs(matrix.get(r, c));
                double bound = Math.max(Math.min(x, mean * 17 / 32), x - mean * 15 / 16);
                // Means far below the largest of the page are stored as 0.
                assertThat(Math.abs(decoded.get(r, c) - matrix.get(r, c)))
                        .isLessThanOrEqualTo((float) (Math.max(bound, 0) + matrix.largest() * (FLOAT + 0x1p-30)));
            }
        }
    }

    @Property(tries = 150)
    void spectralKeysAreWithinTheirSignBitsAndSteps(@ForAll("matrices") Matrix matrix) {
        Matrix decoded = matrix.through(Codecs.keys("vidkv"));
        int back = matrix.columns() / 2;
        int front = matrix.columns() - back;
        int[] order = widestFirst(matrix);
        double[][] coefficients = new double[matrix.count()][];
        for (int r = 0; r < matrix.count(); r++) {
            double[] narrow = new double[back];
            for (int i = 0; i < back; i++) {
                narrow[i] = matrix.get(r, order[front + i]);
            }
            coefficients[r] = fourier(narrow);
        }
        for (int r = 0; r < matrix.count(); r++) {
            double squares = 0;
            for (int i = 0; i < front; i++) {
                squares += Math.pow(channelHalfStep(matrix, r, order[i], 32, 4), 2);
            }
            for (int k = 0; k < back; k++) {
                int first = r / 32 * 32;
                int last = Math.min(matrix.count(), first + 32);
                double mean = 0;
                for (int t = first; t < last; t++) {
                    mean += Math.abs(coefficients[t][k]) / (last - first);
                }
                squares += Math.pow(Math.abs(Math.abs(coefficients[r][k]) - mean) + mean / 16, 2);
            }
            assertThat(distance(matrix, decoded, r))
                    .isLessThanOrEqualTo(Math.sqrt(squares) + matrix.largest() * matrix.columns() * 1e-5);
        }
    }

    @Property(tries = 100)
    void lowRankCorrectionOnlyTakesErrorAway(@ForAll("matrices") Matrix matrix, @ForAll("rotatedBits") int bits) {
        String name = "gear-int" + bits;
        for (Codec codec : new Codec[] {Codecs.keys(name), Codecs.values(name)}) {
            Matrix decoded = matrix.through(codec);
            double squares = 0;
            double allowed = 0;
            for (int r = 0; r < matrix.count(); r++) {
                squares += Math.pow(distance(matrix, decoded, r), 2);
                for (int c = 0; c < matrix.columns(); c++) {
                    double step = codec == Codecs.keys(name)
                            ? channelHalfStep(matrix, r, c, 32, 1 << bits)
                            : tokenHalfStep(matrix, r, c, 1 << bits);
                    allowed += Math.pow(1.03 * step, 2) + Math.pow(matrix.get(r, c) * 0x1p-8, 2);
                }
            }
            assertThat(Math.sqrt(squares))
                    .isLessThanOrEqualTo(Math.sqrt(allowed) + matrix.largest() * matrix.values().length * FLOAT);
        }
    }

    @Test
    void outliersAndTheCorrectionMakeGearBetterThanItsIntegersAlone() {
        Matrix matrix = Matrix.random(140, 64, 12);

        assertThat(total(matrix, matrix.through(Codecs.values("gear-int2"))))
                .isLessThan(0.7 * total(matrix, matrix.through(Codecs.values("int2"))));
    }

    @Test
    void rotationSavesTokensWithAnOutlierChannel() {
        Matrix matrix = Matrix.random(100, 64, 5);
        float[] rows = matrix.values().clone();
        for (int r = 0; r < 100; r++) {
            rows[r * 64 + 11] += (float) (50 * matrix.largest());
        }
        Matrix skewed = new Matrix(100, 64, rows);
        IntegerCodec tokens = (IntegerCodec) Codecs.values("int4");

        assertThat(total(skewed, skewed.through(Codecs.keys("rotatekv-int4"))))
                .isLessThan(0.7 * total(skewed, skewed.through(tokens)));
    }

    @Provide
    Arbitrary<Matrix> matrices() {
        return Matrix.any();
    }

    @Provide
    Arbitrary<Integer> bits() {
        return Arbitraries.of(2, 4, 8);
    }

    @Provide
    Arbitrary<Integer> rotatedBits() {
        return Arbitraries.of(2, 4);
    }

    private static double rounding(Matrix matrix) {
        return matrix.largest() * matrix.columns() * FLOAT;
    }

    private static double distance(Matrix a, Matrix b, int row) {
        double squares = 0;
        for (int c = 0; c < a.columns(); c++) {
            squares += Math.pow((double) a.get(row, c) - b.get(row, c), 2);
        }
        return Math.sqrt(squares);
    }

    private static double total(Matrix a, Matrix b) {
        double squares = 0;
        for (int r = 0; r < a.count(); r++) {
            squares += Math.pow(distance(a, b, r), 2);
        }
        return Math.sqrt(squares);
    }

    /** By definition: entry (i, j) is (-1)^(number of ones in i & j), in blocks of the largest dividing power of two. */
    private static Matrix hadamard(Matrix matrix) {
        int block = Integer.lowestOneBit(matrix.columns());
        float[] mixed = new float[matrix.values().length];
        for (int i = 0; i < mixed.length; i++) {
            int first = i / block * block;
            double sum = 0;
            for (int j = 0; j < block; j++) {
                sum += (Integer.bitCount(i % block & j) % 2 == 0 ? 1 : -1) * (double) matrix.values()[first + j];
            }
            mixed[i] = (float) (sum / Math.sqrt(block));
        }
        // The ends of the groups may move by the rounding of the fast transform.
        return new Matrix(matrix.count(), matrix.columns(), mixed);
    }

    private static int[] widestFirst(Matrix matrix) {
        float[] ranges = new float[matrix.columns()];
        Integer[] order = new Integer[matrix.columns()];
        for (int c = 0; c < ranges.length; c++) {
            float smallest = Float.POSITIVE_INFINITY;
            float largest = Float.NEGATIVE_INFINITY;
            for (int r = 0; r < matrix.count(); r++) {
                smallest = Math.min(smallest, matrix.get(r, c));
                largest = Math.max(largest, matrix.get(r, c));
            }
            ranges[c] = largest - smallest;
            order[c] = c;
        }
        Arrays.sort(order, (a, b) -> Float.compare(ranges[b], ranges[a]));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }

    /** The half spectrum of real values by definition, scaled to keep lengths. */
    private static double[] fourier(double[] values) {
        int n = values.length;
        double[] found = new double[n];
        for (int k = 0; k < n; k++) {
            int frequency = (k + 1) / 2;
            boolean single = k == 0 || 2 * frequency == n;
            for (int i = 0; i < n; i++) {
                double angle = 2 * Math.PI * frequency * i / n;
                found[k] += values[i]
                        * (k % 2 == 0 && k > 0 ? Math.sin(angle) : Math.cos(angle))
                        * Math.sqrt((single ? 1.0 : 2.0) / n);
            }
        }
        return found;
    }
}
