package io.packcache.stream.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.CacheBudgetExceededException;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.kvcache.position.TokenPosition;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.SafetensorsBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Random models of many shapes against the same formulas written down once more, slowly. */
class TransformerTest {

    @TempDir
    private Path folder;

    static Stream<Arguments> models() {
        List<Arguments> cases = new ArrayList<>();
        for (String backend : List.of("plain", "vector")) {
            if (Backends.refusals().stream().anyMatch(refusal -> refusal.startsWith(backend + ":"))) {
                continue;
            }
            cases.add(Arguments.of(backend, "head 32, grouped", TinyModel.config(32, 4, 2, 2), 3, 5));
            cases.add(Arguments.of(backend, "head 64", TinyModel.config(64, 3, 3, 1), 2, 2));
            cases.add(Arguments.of(backend, "head 128, four groups", TinyModel.config(128, 4, 4, 4), 1, 3));
            cases.add(Arguments.of(backend, "norms after", variant(true, false, false), 3, 5));
            cases.add(Arguments.of(backend, "biases", variant(false, true, false), 3, 5));
            cases.add(Arguments.of(
                    backend, "tied, theta 5e5, eps 1e-2, positions / 4", variant(false, false, true), 5, 3));
            cases.add(Arguments.of(backend, "all at once", variant(true, true, true), 3, 5));
        }
        return cases.stream();
    }

    private static ModelConfig variant(boolean normAfter, boolean biases, boolean other) {
        NetworkConfig c = TinyModel.config(32, 2, 1, 1).network();
        NetworkConfig varied = new NetworkConfig(
                c.vocabulary(),
                0,
                c.hidden(),
                c.intermediate(),
                3,
                c.heads(),
                c.kvHeads(),
                other ? 1e-2f : 1e-5f,
                other ? 5e5 : 1e4,
                other ? 4 : 1,
                biases,
                biases,
                1,
                normAfter,
                other,
                4096);
        return new ModelConfig(varied, TinyModel.config(32, 2, 1, 1).tokens(), 8);
    }

    /** Two frames behind a prefix, with everything that describes them. */
    private static final class Sequence {
        final SequenceLayout layout;
        final List<TokenInfo> tokens;
        final int[] ids;

        Sequence(SequenceLayout layout, long seed) {
            this.layout = layout;
            FrameGrid grid = layout.grid();
            int[] prefix = layout.prefixIds();
            ids = Arrays.copyOf(prefix, prefix.length + 2 * grid.frameLength());
            tokens = new ArrayList<>(layout.prefixTokens());
            Random random = new Random(seed);
            int[] frame = new int[grid.frameLength()];
            for (int f = 0; f < 2; f++) {
                int[] codes = random.ints(grid.codes(), -1, TinyModel.CODES).toArray();
                layout.writeFrame(codes, new BitSet(), frame);
                System.arraycopy(frame, 0, ids, prefix.length + f * frame.length, frame.length);
                tokens.addAll(layout.frameTokens(f, f, new BitSet()));
            }
        }

        double[][] slowLogits(TinyModel model) {
            List<TokenPosition> positions =
                    tokens.stream().map(TokenInfo::position).toList();
            int[] frames =
                    tokens.stream().mapToInt(token -> (int) token.frame()).toArray();
            return new SlowTransformer(model).logits(ids, positions, frames);
        }

        BranchRows rows(KvCache cache, int from, int to) {
            return new BranchRows(cache, tokens.subList(from, to), Arrays.copyOfRange(ids, from, to));
        }
    }

    private static Sequence guided(ModelConfig config, int rows, int columns) {
        int[] text = {5, 9, 2, 17};
        return new Sequence(SequenceLayout.guided(config, config.grid(rows, columns), text, 2, 12), 3);
    }

    private static Positions positions(Transformer transformer, Sequence sequence) {
        return new Positions(transformer.rotary(), PositionStride.of(sequence.layout.grid()));
    }

    private static KvCache cache(Transformer transformer, Sequence sequence) {
        return new KvCache(
                transformer.backend(),
                transformer.network().cacheShape(),
                sequence.layout.grid(),
                positions(transformer, sequence),
                CacheBudget.unlimited());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("models")
    void fullAndCachedForwardsEqualTheSlowModel(
            String backendName, String shape, ModelConfig config, int rows, int columns) throws IOException {
        TinyModel model = TinyModel.random(config, 11);
        Sequence all = guided(config, rows, columns);
        double[][] expected = all.slowLogits(model);
        int n = all.ids.length;
        int frame = all.layout.grid().frameLength();
        try (Backend backend = Backends.of(backendName, 2);
                Transformer transformer = model.load(folder, backend, config.vocabularyPlan());
                Activations memory = new Activations(transformer, n);
                KvCache whole = cache(transformer, all);
                KvCache grown = cache(transformer, all)) {
            ForwardPass full = transformer.stage(memory, List.of(all.rows(whole, 0, n)));
            full.run();
            assertClose(full, expected, 0, n);

            int[] cuts = {0, 3, n - 2 * frame, n - frame, n};
            for (int i = 0; i + 1 < cuts.length; i++) {
                ForwardPass part = transformer.stage(memory, List.of(all.rows(grown, cuts[i], cuts[i + 1])));
                part.run();
                assertClose(part, expected, cuts[i], cuts[i + 1]);
                if (i % 2 == 0) {
                    part.fillCaches();
                }
                part.commit();
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("models")
    void rowsComputedAloneInTheLastBlockAreTheSameNumberForNumber(
            String backendName, String shape, ModelConfig config, int rows, int columns) throws IOException {
        TinyModel model = TinyModel.random(config, 12);
        Sequence guided = guided(config, rows, columns);
        int n = guided.ids.length;
        try (Backend backend = Backends.of(backendName, 2);
                Transformer transformer = model.load(folder, backend, config.vocabularyPlan());
                Activations memory = new Activations(transformer, 2 * n);
                KvCache first = cache(transformer, guided);
                KvCache second = cache(transformer, guided)) {
            ForwardPass pass =
                    transformer.stage(memory, List.of(guided.rows(first, 0, n), guided.rows(second, 0, n - 1)));
            int[][] choices = {{0, 4, n - 1, n + 2, 2 * n - 2}, {n - 2}, {n, n + 1}};
            for (int[] wanted : choices) {
                pass.run();
                float[][] expected = logitsOf(pass, wanted, transformer.headOutputs());
                pass.run(wanted, wanted.length);
                assertThat(logitsOf(pass, wanted, transformer.headOutputs())).isDeepEqualTo(expected);
            }
        }
    }

    private static float[][] logitsOf(ForwardPass pass, int[] rows, int outputs) {
        float[][] logits = new float[rows.length][outputs];
        for (int i = 0; i < rows.length; i++) {
            pass.logits(new int[] {rows[i]}, 1).read(0, logits[i], 0, 1);
        }
        return logits;
    }

    @Test
    void twoBranchesInOneBatchEqualEachAlone() throws IOException {
        ModelConfig config = TinyModel.config(32, 4, 2, 2);
        TinyModel model = TinyModel.random(config, 5);
        Sequence guided = guided(config, 2, 3);
        Sequence unguided = new Sequence(SequenceLayout.unguided(config, config.grid(2, 3), 2, 12), 3);
        int frame = guided.layout.grid().frameLength();
        int g = guided.ids.length;
        int u = unguided.ids.length;
        try (Backend backend = Backends.of("plain");
                Transformer transformer = model.load(folder, backend, config.vocabularyPlan());
                Activations memory = new Activations(transformer, g + u);
                KvCache first = cache(transformer, guided);
                KvCache second = cache(transformer, unguided)) {
            ForwardPass history = transformer.stage(
                    memory, List.of(guided.rows(first, 0, g - frame), unguided.rows(second, 0, u - frame)));
            history.fillCaches();
            history.commit();
            ForwardPass last = transformer.stage(
                    memory, List.of(guided.rows(first, g - frame, g), unguided.rows(second, u - frame, u)));
            last.run();
            assertThat(last.firstRow(1)).isEqualTo(frame);
            double[][] expected = new double[2 * frame][];
            System.arraycopy(guided.slowLogits(model), g - frame, expected, 0, frame);
            System.arraycopy(unguided.slowLogits(model), u - frame, expected, frame, frame);
            assertClose(last, expected, 0, 2 * frame);
        }
    }

    @Test
    void theHeadForCodesAnswersWithTheCodesColumns() throws IOException {
        ModelConfig config = TinyModel.config(32, 2, 2, 1);
        TinyModel model = TinyModel.random(config, 6);
        Sequence all = guided(config, 2, 2);
        double[][] expected = all.slowLogits(model);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = model.load(folder, backend);
                Activations memory = new Activations(transformer, all.ids.length);
                KvCache cache = cache(transformer, all)) {
            ForwardPass pass = transformer.stage(memory, List.of(all.rows(cache, 0, all.ids.length)));
            pass.run();
            float[] row = new float[TinyModel.CODES];
            pass.logits(new int[] {20}, 1).read(0, row, 0, 1);
            for (int code = 0; code < row.length; code++) {
                assertThat((double) row[code]).isCloseTo(expected[20][40 + code], within());
            }
        }
    }

    @Test
    void runningAllocatesNothing() throws IOException {
        ModelConfig config = TinyModel.config(32, 2, 1, 1);
        Sequence all = guided(config, 2, 3);
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        try (Backend backend = Backends.of("plain");
                Transformer transformer = TinyModel.random(config, 6).load(folder, backend);
                Activations memory = new Activations(transformer, all.ids.length);
                KvCache cache = cache(transformer, all)) {
            ForwardPass pass = transformer.stage(memory, List.of(all.rows(cache, 0, all.ids.length)));
            long[] allocated = new long[8];
            for (int i = 0; i < allocated.length; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                pass.run();
                allocated[i] = threads.getCurrentThreadAllocatedBytes() - before;
            }
            assertThat(allocated[allocated.length - 1]).isLessThan(1024);
        }
    }

    @Test
    void aBranchThatDoesNotFitLeavesNoneStaged() throws IOException {
        ModelConfig config = TinyModel.config(32, 2, 1, 1);
        Sequence all = guided(config, 2, 3);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = TinyModel.random(config, 6).load(folder, backend);
                Activations memory = new Activations(transformer, 2 * all.ids.length);
                KvCache roomy = cache(transformer, all);
                KvCache tight = new KvCache(
                        backend,
                        config.network().cacheShape(),
                        all.layout.grid(),
                        positions(transformer, all),
                        CacheBudget.tokens(10))) {
            int n = all.ids.length;
            assertThatThrownBy(() -> transformer.stage(memory, List.of(all.rows(roomy, 0, n), all.rows(tight, 0, n))))
                    .isInstanceOf(CacheBudgetExceededException.class);
            assertThat(roomy.staged()).isZero();
            assertThat(tight.staged()).isZero();
        }
    }

    @Test
    void aCheckpointOfAnotherShapeIsRefusedBeforeAnythingIsLoaded() throws IOException {
        ModelConfig config = TinyModel.config(32, 2, 1, 1);
        Files.write(
                folder.resolve("model.safetensors"),
                new SafetensorsBytes()
                        .floats("model.norm.weight", new float[3], 3)
                        .build());
        try (Backend backend = Backends.of("plain")) {
            assertThatThrownBy(() -> Transformer.load(folder, config.codesPlan(), backend))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("model.norm.weight is [3], expected [64]")
                    .hasMessageContaining("missing model.layers.0-1.self_attn.q_norm.bias [1, 32]");
        }
    }

    @ParameterizedTest
    @CsvSource({"plain, BF16", "plain, F16", "vector, BF16", "vector, F16"})
    void sixteenBitCheckpointsComputeAsTheirFloat32Values(String name, String type) throws IOException {
        assumeTrue(Backends.refusals().stream().noneMatch(refusal -> refusal.startsWith(name + ":")));
        TinyModel model = TinyModel.random(TinyModel.config(32, 2, 1, 1), 7).roundedTo(type);
        Path narrow = Files.createDirectories(folder.resolve(name + type));
        model.write(narrow, type);
        Path wide = Files.createDirectories(folder.resolve(name + type + "-wide"));
        model.write(wide, "F32");
        TransformerPlan plan = model.config().vocabularyPlan();
        Sequence all = sequence(model.config());
        try (Backend backend = Backends.of(name);
                Transformer stored = Transformer.load(narrow, plan, backend);
                Transformer expected = Transformer.load(wide, plan, backend)) {
            assertThat(logits(stored, all)).containsExactly(logits(expected, all));
            assertThat(stored.bytes()).isLessThan(expected.bytes() * 6 / 10);
        }
    }

    @Test
    void anInterruptedThreadLoadsWeightsAllTheSame() throws IOException {
        ModelConfig config = TinyModel.config(32, 2, 1, 1);
        Sequence all = sequence(config);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = TinyModel.random(config, 6).load(folder, backend, config.vocabularyPlan())) {
            Thread.currentThread().interrupt();
            float[] first = logits(transformer, all);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(logits(transformer, all)).containsExactly(first);
        }
    }

    @Test
    void preparingReportsEveryMatrixUpToTheWhole() throws IOException {
        ModelConfig config = TinyModel.config(32, 2, 1, 1);
        List<Long> done = new ArrayList<>();
        try (Backend backend = Backends.of("plain");
                Transformer transformer = TinyModel.random(config, 6).load(folder, backend)) {
            transformer.prepare((bytes, total) -> {
                done.add(bytes);
                assertThat(bytes).isLessThanOrEqualTo(total);
            });
            assertThat(done).hasSize(2 * 7 + 1).isSorted();
        }
    }

    @Test
    void activationsTakeTheBytesThatWereForecast() throws IOException {
        ModelConfig config = TinyModel.config(32, 4, 2, 2);
        try (Backend backend = Backends.of("plain");
                Transformer transformer = TinyModel.random(config, 6).load(folder, backend);
                Activations memory = new Activations(transformer, 37)) {
            assertThat(memory.bytes()).isEqualTo(Activations.bytes(config.network(), TinyModel.CODES, 37));
        }
    }

    @Test
    void aWeightThatIsNoNumberIsRefusedWithItsPlace() throws IOException {
        TinyModel model = TinyModel.random(TinyModel.config(32, 2, 1, 1), 6);
        model.weights().get("model.layers.1.mlp.up_proj.weight")[64 + 2] = Float.NaN;
        try (Backend backend = Backends.of("plain");
                Transformer transformer = model.load(folder, backend)) {
            assertThatThrownBy(() -> transformer.prepare(LoadProgress.NONE))
                    .hasMessageContaining("\"model.layers.1.mlp.up_proj.weight\" holds NaN in row 1, column 2");
        }
    }

    private static Sequence sequence(ModelConfig config) {
        return new Sequence(SequenceLayout.guided(config, config.grid(2, 3), new int[] {2, 3}, 2, 12), 3);
    }

    private static float[] logits(Transformer transformer, Sequence all) {
        try (Activations memory = new Activations(transformer, all.ids.length);
                KvCache cache = cache(transformer, all)) {
            ForwardPass pass = transformer.stage(memory, List.of(all.rows(cache, 0, all.ids.length)));
            pass.run();
            int[] last = {all.ids.length - 1};
            float[] row = new float[transformer.headOutputs()];
            pass.logits(last, 1).read(0, row, 0, 1);
            return row;
        }
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(1e-4);
    }

    private static void assertClose(ForwardPass pass, double[][] expected, int from, int to) {
        int[] batchRow = new int[1];
        float[] row = new float[expected[from].length];
        for (int i = from; i < to; i++) {
            batchRow[0] = i - from;
            pass.logits(batchRow, 1).read(0, row, 0, 1);
            for (int column = 0; column < row.length; column++) {
                assertThat((double) row[column])
                        .as("logit %d of row %d", column, i)
                        .isCloseTo(expected[i][column], within());
            }
        }
    }
}
