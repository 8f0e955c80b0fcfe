package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two query heads per KV head, queries that follow from the seed: every signal is compared with its definition. */
class SignalsTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final int SIZE = Clip.SHAPE.headSize();
    private static final int WIDTH = 4 * SIZE;
    private static final Set<Signal> ALL = EnumSet.allOf(Signal.class);

    private final Random random = new Random(5);

    @Test
    void keysAndQueriesAreUnrotatedAndNormsAreTheirLengths() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited())) {
            clip.cache().collect(ALL);
            frame(clip);
            frame(clip);
            float[][] queries = frame(clip);
            clip.apply(new CompactionPlan(5, List.of(new FramePlan(1, 0, all()), new FramePlan(2, 3, all())), 4));
            Signals signals = clip.cache().view(ALL).signals();

            int token = 5 + Clip.GRID.markersBefore();
            float[] keys = signals.keys(1, 0, 1);
            float[] expected = clip.raw(token, 1, 0);
            for (int channel = 0; channel < SIZE; channel++) {
                assertThat(keys[channel]).isCloseTo(expected[channel], within(1e-5f));
            }
            double squares = 0;
            for (float channel : expected) {
                squares += channel * channel;
            }
            assertThat(signals.keyNorms(1, 0, 1)[0]).isCloseTo((float) Math.sqrt(squares), within(1e-4f));
            assertThat(signals.valueNorms(1, 0, 1)[0]).isCloseTo((float) Math.sqrt(squares), within(1e-4f));
            assertThat(signals.meanKey(1, 0, 1)).hasSize(SIZE);

            int[] probes = ProbeGrid.places(Clip.GRID);
            assertThat(signals.queryGroup()).isEqualTo(2);
            assertThat(signals.queryRows()).isEqualTo(2 * probes.length);
            float[] found = signals.queries(1, 1);
            for (int probe = 0; probe < probes.length; probe++) {
                for (int i = 0; i < 2 * SIZE; i++) {
                    assertThat(found[probe * 2 * SIZE + i])
                            .isCloseTo(queries[1][probes[probe] * WIDTH + 2 * SIZE + i], within(1e-5f));
                }
            }
        }
    }

    @Test
    void attentionIsWhatTheBackendComputesWithPagesFoldsAndHeadsThatDiffer() {
        try (Clip clip = CacheSnapshotTest.mixed()) {
            clip.cache().collect(ALL);
            frame(clip);
            clip.apply(move(clip.cache().view()));
            for (int layer = 0; layer < 2; layer++) {
                for (int head = 0; head < 2; head++) {
                    assertAttention(clip, layer, head);
                }
            }
        }
    }

    /** The output of attention is the weighted sum of all values; text and markers come from what is missing to one. */
    private static void assertAttention(Clip clip, int layer, int head) {
        Signals signals = clip.cache().view(ALL).signals();
        CacheView view = clip.cache().view();
        float[] queries = signals.queries(layer, head);
        TokenTable table = clip.cache().table();
        int[] probes = ProbeGrid.places(Clip.GRID);
        long newest = view.frames().get(view.frames().size() - 1).frame();
        for (int query = 0; query < signals.queryRows(); query += 3) {
            float[] rotated = Arrays.copyOfRange(queries, query * SIZE, (query + 1) * SIZE);
            rotated = Clip.rotated(rotated, table.position(token(table, newest, probes[query / 2])));
            Tensor q = PLAIN.allocate(1, SIZE);
            Tensor ones = PLAIN.allocate(1, SIZE);
            q.write(0, rotated, 0, 1);
            PLAIN.attention(
                    new Attention(q, 0, 1, 1, new CellRows[] {clip.cache().rows(layer)[head]}, null, ones));
            double[] expected = values(ones);
            double[] sum = new double[SIZE];
            double total = 0;
            for (FrameView frame : view.frames()) {
                float[] weights = signals.attention(layer, head, query, frame.frame());
                float[] values = signals.values(layer, head, frame.frame());
                for (int i = 0; i < weights.length; i++) {
                    total += weights[i];
                    for (int channel = 0; channel < SIZE; channel++) {
                        sum[channel] += weights[i] * values[i * SIZE + channel];
                    }
                }
            }
            assertThat(total).isBetween(0.0, 1.0);
            addOthers(clip, layer, head, rotated, sum, total);
            assertThat(sum).containsExactly(expected, within(2e-4));
        }
    }

    /** Text and markers, by the definition of softmax relative to the content's total. */
    private static void addOthers(Clip clip, int layer, int head, float[] query, double[] sum, double content) {
        Storage storage = clip.cache().storage();
        Cell cell = storage.cell(layer, head);
        List<Integer> rows = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        float[] row = new float[SIZE];
        double others = 0;
        for (int r = 0; r < cell.rows(); r++) {
            if (!storage.table.content(cell.layout.token(r))) {
                cell.keys.read(r, row, 0, 1);
                double score = 0;
                for (int channel = 0; channel < SIZE; channel++) {
                    score += query[channel] * row[channel];
                }
                rows.add(r);
                weights.add(Math.exp(score / Math.sqrt(SIZE)));
                others += weights.get(weights.size() - 1);
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            cell.values.read(rows.get(i), row, 0, 1);
            for (int channel = 0; channel < SIZE; channel++) {
                sum[channel] += (1 - content) * weights.get(i) / others * row[channel];
            }
        }
    }

    @Test
    void massIsTheMeanOverTheFramesThatCouldSeeATokenAndSurvivesCompaction() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited())) {
            clip.cache().collect(ALL);
            frame(clip);
            double first = probe(clip, 0);
            frame(clip);
            double second = probe(clip, 0);
            assertThat(clip.cache().view(ALL).signals().attentionMass(0, 1, 0)[3])
                    .isCloseTo((float) ((first + second) / 2), within(1e-6f));
            assertThat(clip.cache().view(ALL).signals().attentionMass(0, 1, 1)[3])
                    .isCloseTo((float) probe(clip, 1), within(1e-6f));

            BitSet few = new BitSet();
            few.set(3);
            few.set(7);
            clip.apply(new CompactionPlan(5, List.of(new FramePlan(0, 1, few), new FramePlan(1, 2, all())), 3));
            assertThat(clip.cache().view(ALL).signals().attentionMass(0, 1, 0)[0])
                    .isCloseTo((float) ((first + second) / 2), within(1e-6f));
            CacheSnapshot snapshot = clip.cache().snapshot(null);
            frame(clip);
            clip.cache().restore(snapshot);
            assertThat(clip.cache().view(ALL).signals().attentionMass(0, 1, 0)[0])
                    .isCloseTo((float) ((first + second) / 2), within(1e-6f));
        }
    }

    private static double probe(Clip clip, long frame) {
        Signals signals = clip.cache().view(ALL).signals();
        double sum = 0;
        for (int query = 0; query < signals.queryRows(); query++) {
            sum += signals.attention(0, 1, query, frame)[3];
        }
        return sum / signals.queryRows();
    }

    @Test
    void massByDistanceAddsUpToWhatTextMarkersAndConditionLeave() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).condition()) {
            clip.cache().collect(ALL);
            frame(clip);
            frame(clip);
            frame(clip);
            Signals signals = clip.cache().view(ALL).signals();
            double[] mass = signals.massByDistance(1);
            assertThat(mass).hasSize(3);
            double expected = 0;
            for (int query = 0; query < signals.queryRows(); query++) {
                for (int head = 0; head < 2; head++) {
                    for (float weight : signals.attention(1, head, query, 2)) {
                        expected += weight / signals.queryRows() / 2;
                    }
                }
            }
            assertThat(mass[1]).isCloseTo(expected, within(1e-5));
        }
    }

    @Test
    void whatWasNotDeclaredIsRefusedAndNothingIsCollectedForIt() {
        try (Clip clip = new Clip(PLAIN, 5, CacheBudget.unlimited()).frames(2)) {
            long before = clip.cache().residentBytes();
            frame(clip);
            assertThat(clip.cache().residentBytes()).isEqualTo(before);
            Signals signals = clip.cache().view(Set.of(Signal.KEY)).signals();
            assertThatThrownBy(() -> signals.attention(0, 0, 0, 2))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the signal PROBE_ATTENTION was not declared; a policy must list it in its signals()");
            Signals late = clip.cache().view(ALL).signals();
            assertThat(late.queryRows()).isZero();
            assertThat(late.massByDistance(0)).isEmpty();
            assertThat(late.attentionMass(0, 0, 1)).containsOnly(0);
        }
    }

    @Test
    void probesLieOnAnEvenGridOfCodes() {
        for (FrameGrid grid :
                List.of(new FrameGrid(32, 32, 3, 1), new FrameGrid(1, 5, 0, 0), new FrameGrid(40, 2, 0, 0))) {
            int[] places = ProbeGrid.places(grid);
            assertThat(places.length).isBetween(1, Signals.MOST_PROBES);
            assertThat(places).isSorted().doesNotHaveDuplicates();
            for (int place : places) {
                assertThat(place % (grid.columns() + 1)).isLessThan(grid.columns());
                assertThat(place).isLessThan(grid.contentLength());
            }
        }
    }

    /** Commits a frame with random queries; returns them un-rotated, by layer and content index. */
    private float[][] frame(Clip clip) {
        KvCache cache = clip.cache();
        int first = clip.stage(false, content -> false);
        int content = Clip.GRID.contentLength();
        float[][] raw = new float[Clip.SHAPE.layers()][content * WIDTH];
        Tensor queries = PLAIN.allocate(Clip.GRID.frameLength() + 2, WIDTH);
        for (int layer = 0; layer < raw.length; layer++) {
            for (int i = 0; i < raw[layer].length; i++) {
                raw[layer][i] = (float) random.nextGaussian();
            }
            for (int i = 0; i < content; i++) {
                int token = first + Clip.GRID.markersBefore() + i;
                float[] row = new float[WIDTH];
                for (int head = 0; head < 4; head++) {
                    float[] vector =
                            Arrays.copyOfRange(raw[layer], i * WIDTH + head * SIZE, i * WIDTH + (head + 1) * SIZE);
                    System.arraycopy(Clip.rotated(vector, cache.table().position(token)), 0, row, head * SIZE, SIZE);
                }
                queries.write(2 + Clip.GRID.markersBefore() + i, row, 0, 1);
            }
            cache.noteQueries(layer, queries, 2, Clip.GRID.frameLength(), first);
        }
        cache.commit();
        return raw;
    }

    private static CompactionPlan move(CacheView view) {
        List<FramePlan> plans = new ArrayList<>();
        for (FrameView frame : view.frames()) {
            boolean encode = frame.frame() == 3;
            plans.add(new FramePlan(frame.frame(), 2L * plans.size() + 1, frame.held())
                    .withEncoding(encode ? Encoding.of(new Verbatim("verbatim")) : Encoding.RAW));
        }
        return new CompactionPlan(3, plans, 20);
    }

    private static int token(TokenTable table, long frame, int place) {
        for (int token = 0; ; token++) {
            if (table.frame(token) == frame && table.content(token) && table.place(token) == place) {
                return token;
            }
        }
    }

    private static double[] values(Tensor tensor) {
        float[] row = new float[SIZE];
        tensor.read(0, row, 0, 1);
        double[] values = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            values[i] = row[i];
        }
        return values;
    }

    private static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, Clip.GRID.contentLength());
        return all;
    }
}
