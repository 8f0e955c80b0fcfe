package io.packcache.kvcache.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How every backend finds the codes of a frame; a concrete test says how to open one. */
public abstract class MaskedFrameContract {

    private static final int MASK = 2;
    private static final int FIRST_CODE = 10;

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

    /** A frame of markers 0 and 1 around its codes, of which the first is stored as MASK. */
    private static MaskedLayout layout(int branches, int codes, int outputs, float guidance, float t, int... after) {
        int[] rowOfCode = new int[codes];
        int[] ids = new int[codes + 2];
        int[] stored = new int[codes + 2];
        Arrays.setAll(rowOfCode, code -> code + 1);
        Arrays.fill(ids, MASK);
        Arrays.fill(stored, -1);
        ids[0] = 0;
        stored[0] = 0;
        stored[1] = MASK;
        ids[codes + 1] = 1;
        stored[codes + 1] = 1;
        return new MaskedLayout(branches, rowOfCode, ids, stored, FIRST_CODE, outputs, after, guidance, t);
    }

    /** Keeps after one greedy step whose draws have these probabilities; code i draws {@code i % 3}. */
    private int[] kept(float[] probabilities, double[] noise, int unknownAfter, int... later) {
        int codes = probabilities.length;
        int[] after = new int[1 + later.length];
        after[0] = unknownAfter;
        System.arraycopy(later, 0, after, 1, later.length);
        try (MaskedFrame frame = backend.maskedFrame(layout(1, codes, 3, 1, 0, after))) {
            frame.begin(new float[after.length * codes], noise);
            step(frame, certain(probabilities), codes);
            frame.store();
            int[] found = new int[codes];
            frame.codes(found);
            return found;
        }
    }

    /** Logits of rows whose likeliest column, {@code row % 3}, has the given probability, at least 1/2. */
    private static float[][] certain(float[] probabilities) {
        float[][] logits = new float[probabilities.length][3];
        for (int row = 0; row < logits.length; row++) {
            Arrays.fill(logits[row], (float) Math.log((1 - probabilities[row]) / 2));
            logits[row][row % 3] = (float) Math.log(probabilities[row]);
        }
        return logits;
    }

    /** One step in portions; {@code logits} by row of the batch, markers left out. */
    private int step(MaskedFrame frame, float[][] logits, int portion) {
        int rows = frame.rows();
        frame.choose(rows);
        int branches = (frame.ids().length() - logits.length) / 2; // two markers in each
        int[] chosen = new int[branches * rows];
        frame.chosen().read(chosen, chosen.length);
        int frameRows = frame.ids().length() / branches;
        try (Tensor tensor = backend.allocate(branches * portion, logits[0].length)) {
            for (int first = 0; first < rows; first += portion) {
                int count = Math.min(portion, rows - first);
                for (int b = 0; b < branches; b++) {
                    for (int i = 0; i < count; i++) {
                        int row = chosen[b * rows + first + i] - b * frameRows - 1;
                        tensor.write(b * count + i, logits[b * (frameRows - 2) + row], 0, 1);
                    }
                }
                frame.draw(tensor, first, count);
            }
        }
        frame.keep();
        return frame.settle();
    }

    private static int[] ids(MaskedFrame frame) {
        int[] ids = new int[frame.ids().length()];
        frame.ids().read(ids, ids.length);
        return ids;
    }

    @Test
    void aFrameBeginsWithEveryCodeUnknownInEveryBranch() {
        try (MaskedFrame frame = backend.maskedFrame(layout(2, 3, 5, 3, 1, 2, 0))) {
            frame.begin(new float[6], null);

            assertThat(ids(frame)).containsExactly(0, MASK, MASK, MASK, 1, 0, MASK, MASK, MASK, 1);
            assertThat(frame.settle()).isEqualTo(3);
            assertThat(frame.rows()).isEqualTo(3);
            frame.choose(3);
            int[] chosen = new int[6];
            frame.chosen().read(chosen, 6);
            assertThat(chosen).containsExactly(1, 2, 3, 6, 7, 8);
            assertThat(frame.ids().bound()).isEqualTo(FIRST_CODE + 5);
            assertThat(frame.chosen().bound()).isEqualTo(10);
        }
    }

    @Test
    void theLeastConfidentBecomeUnknownAgain() {
        assertThat(kept(new float[] {0.9f, 0.8f, 0.5f, 0.7f}, null, 2, 0)).containsExactly(0, 1, -1, -1);
    }

    @Test
    void theLastStepKeepsAll() {
        assertThat(kept(new float[] {0.9f, 0.8f, 0.5f, 0.7f}, null, 2)).containsExactly(0, 1, 2, 0);
    }

    @Test
    void equalScoresAtTheCutAllStay() {
        assertThat(kept(new float[] {0.8f, 0.9f, 0.7f, 0.8f}, null, 2, 0)).containsExactly(0, 1, -1, 0);
        assertThat(kept(new float[] {0.5f, 0.5f}, null, 1, 0)).containsExactly(0, 1);
    }

    @Test
    void aFrameOfOneCodeIsDecidedAtOnce() {
        assertThat(kept(new float[] {0.6f}, null, 0, 0)).containsExactly(0);
    }

    @Test
    void atLeastOneCodeStaysAndAtLeastOneBecomesUnknownAgain() {
        assertThat(kept(new float[] {0.9f, 0.8f, 0.7f}, null, 9, 0)).containsExactly(0, -1, -1);
        assertThat(kept(new float[] {0.9f, 0.8f, 0.7f}, null, 0, 0)).containsExactly(0, 1, -1);
    }

    @Test
    void noiseOverrulesConfidence() {
        double[] noise = {-9, 0, 2, 0, /* the next step's */ 0, 0, 0, 0};
        assertThat(kept(new float[] {0.9f, 0.8f, 0.5f, 0.7f}, noise, 2, 0)).containsExactly(-1, 1, 2, -1);
    }

    @Test
    void knownCodesStayAndAreNotDrawnAgain() {
        try (MaskedFrame frame = backend.maskedFrame(layout(1, 4, 3, 1, 0, 2, 0))) {
            frame.begin(new float[8], null);
            assertThat(step(frame, certain(new float[] {0.9f, 0.8f, 0.5f, 0.7f}), 4))
                    .isEqualTo(2);
            assertThat(ids(frame)).containsExactly(0, FIRST_CODE, FIRST_CODE + 1, MASK, MASK, 1);
            int rows = frame.rows();
            frame.choose(rows);
            int[] chosen = new int[rows];
            frame.chosen().read(chosen, rows);
            assertThat(chosen).startsWith(3, 4);
            assertThat(Arrays.stream(chosen).skip(2)).allMatch(row -> row == 4);

            float[][] others = {{9, 0, 0}, {0, 9, 0}, {9, 0, 0}, {0, 9, 0}};
            assertThat(step(frame, others, 3)).isZero();

            frame.store();
            int[] codes = new int[4];
            frame.codes(codes);
            assertThat(codes).containsExactly(0, 1, 0, 1);
            assertThat(ids(frame)).containsExactly(0, MASK, FIRST_CODE + 1, FIRST_CODE, FIRST_CODE + 1, 1);
            frame.begin(new float[8], null);
            assertThat(ids(frame)).containsExactly(0, MASK, MASK, MASK, MASK, 1);
            assertThat(frame.settle()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void logitsThatAreNotFiniteAreReportedWithTheirCode(boolean infinite) {
        try (MaskedFrame frame = backend.maskedFrame(layout(1, 4, 3, 1, 1, 2, 0))) {
            frame.begin(new float[8], null);
            float[][] logits = certain(new float[] {0.9f, 0.8f, 0.5f, 0.7f});
            logits[2][1] = infinite ? Float.POSITIVE_INFINITY : Float.NaN;

            assertThatThrownBy(() -> step(frame, logits, 4))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessageContaining("row 2");
        }
    }

    /** The specification in a few lines, on the sampling that {@link BackendContract} holds to its definition. */
    @ParameterizedTest
    @CsvSource({"1, 1, 2", "1, 7, 20", "2, 90, 33", "2, 300, 260"})
    void everyStepDrawsAndKeepsWhatTheDefinitionSays(int branches, int codes, int outputs) {
        int[] after = {codes * 3 / 4, codes / 2, codes / 2, codes / 5, 0};
        MaskedLayout layout = layout(branches, codes, outputs, 2, 0.9f, after);
        Random random = new Random(codes);
        float[] uniforms = new float[after.length * codes];
        double[] noise = new double[uniforms.length];
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = random.nextFloat();
            noise[i] = i < 2 * codes ? random.nextGaussian() : 0;
        }
        List<float[][]> logits = new ArrayList<>();
        for (int step = 0; step < after.length; step++) {
            float[][] rows = new float[branches * codes][];
            Arrays.setAll(rows, row -> Naive.random(random, outputs));
            logits.add(rows);
        }
        int[] expected = new int[codes];
        Arrays.fill(expected, -1);
        try (MaskedFrame frame = backend.maskedFrame(layout)) {
            frame.begin(uniforms, noise);
            for (int step = 0; step < after.length; step++) {
                refine(layout, step, logits.get(step), uniforms, noise, expected);
                int unknown = step(frame, logits.get(step), 37);
                assertThat(unknown).isEqualTo((int)
                        Arrays.stream(expected).filter(code -> code < 0).count());
                assertThat(ids(frame)).containsExactly(idsOf(layout, expected));
            }
            frame.store();
            int[] found = new int[codes];
            frame.codes(found);
            assertThat(found).containsExactly(expected);
        }
    }

    private static int[] idsOf(MaskedLayout layout, int[] codes) {
        int[] ids = new int[layout.batchRows()];
        for (int row = 0; row < ids.length; row++) {
            int code = row % layout.frameRows() - 1;
            boolean known = code >= 0 && code < codes.length && codes[code] >= 0;
            ids[row] = known ? FIRST_CODE + codes[code] : layout.ids()[code + 1];
        }
        return ids;
    }

    private static void refine(
            MaskedLayout layout, int step, float[][] logits, float[] uniforms, double[] noise, int[] codes) {
        int count = codes.length;
        int[] drawn = new int[count];
        double[] scores = new double[count];
        for (int code = 0; code < count; code++) {
            float[] unguided = layout.branches() == 2 ? logits[count + code] : null;
            double[] p = Naive.softmax(logits[code], unguided, layout.guidance(), layout.temperature());
            double cumulative = 0;
            for (drawn[code] = -1; cumulative <= uniforms[step * count + code]; ) {
                cumulative += p[++drawn[code]];
            }
            scores[code] =
                    codes[code] >= 0 ? Double.POSITIVE_INFINITY : Math.log(p[drawn[code]]) + noise[step * count + code];
        }
        int unknown = (int) Arrays.stream(codes).filter(code -> code < 0).count();
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        int lowest = layout.lowest(step, unknown);
        double cut = lowest == 0 ? Double.NEGATIVE_INFINITY : sorted[Math.min(lowest, count - 1)];
        for (int code = 0; code < count; code++) {
            codes[code] = codes[code] < 0 && scores[code] >= cut ? drawn[code] : codes[code];
        }
    }

    @Test
    void aRecordedStepServesTheNextSteps() {
        int codes = 20;
        int[] after = {16, 12, 8, 4, 0};
        float[] uniforms = new float[after.length * codes];
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = (float) random.nextDouble();
        }
        MaskedLayout layout = layout(1, codes, 6, 1, 1, after);
        try (MaskedFrame direct = backend.maskedFrame(layout);
                MaskedFrame recorded = backend.maskedFrame(layout);
                Tensor logits = backend.allocate(codes, 6)) {
            direct.begin(uniforms, null);
            recorded.begin(uniforms, null);
            // All rows every time: what is repeated beyond the unknown codes must change nothing.
            Recording recording = backend.record(() -> step(recorded, logits));
            for (int step = 0; step < after.length; step++) {
                logits.write(0, Naive.random(new Random(step), codes * 6), 0, codes);
                step(direct, logits);
                recording.run();
                assertThat(recorded.settle()).isEqualTo(direct.settle()).isEqualTo(after[step]);
                assertThat(ids(recorded)).containsExactly(ids(direct));
            }
            recording.close();
        }
    }

    private static void step(MaskedFrame frame, Tensor logits) {
        frame.choose(logits.rows());
        frame.draw(logits, 0, logits.rows());
        frame.keep();
    }

    @Test
    void numbersThatDoNotFitTheStepsAreRefused() {
        try (MaskedFrame frame = backend.maskedFrame(layout(1, 4, 3, 1, 1, 2, 0))) {
            assertThatThrownBy(() -> frame.begin(new float[7], null))
                    .hasMessage("2 steps of 4 codes need 8 numbers, got 7 and none");
            assertThatThrownBy(() -> frame.begin(new float[] {0, 0, 0, 1, 0, 0, 0, 0}, null))
                    .hasMessage("uniform 1.0 of row 3 lies outside [0, 1)");
        }
        assertThatThrownBy(() -> layout(3, 4, 3, 1, 1, 2)).hasMessageContaining("1 or 2 branches");
    }
}
