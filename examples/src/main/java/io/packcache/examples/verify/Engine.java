package io.packcache.examples.verify;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.Positions;
import io.packcache.stream.model.Activations;
import io.packcache.stream.model.BranchRows;
import io.packcache.stream.model.ForwardObserver;
import io.packcache.stream.model.ForwardPass;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.NetworkConfig;
import io.packcache.stream.model.SpecialTokens;
import io.packcache.stream.model.Transformer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The engine under test, with the few moves that the checks are made of. */
final class Engine implements AutoCloseable {

    private final Transformer transformer;
    private final SpecialTokens tokens;
    private final FrameGrid grid;
    private final SequenceReader reader;
    private Activations activations;

    Engine(Path folder, ModelConfig config, FrameGrid grid, Backend backend) throws IOException {
        this.transformer = Transformer.load(folder, config.vocabularyPlan(), backend);
        this.tokens = config.tokens();
        this.grid = grid;
        this.reader = new SequenceReader(config.tokens(), grid);
    }

    NetworkConfig network() {
        return transformer.network();
    }

    SpecialTokens tokens() {
        return tokens;
    }

    Transformer transformer() {
        return transformer;
    }

    FrameGrid grid() {
        return grid;
    }

    SequenceReader reader() {
        return reader;
    }

    KvCache newCache() {
        return new KvCache(
                transformer.backend(),
                network().cacheShape(),
                grid,
                new Positions(transformer.rotary(), PositionStride.of(grid)),
                CacheBudget.unlimited());
    }

    /** Stages rows behind what a cache holds and runs them. */
    ForwardPass run(KvCache cache, List<TokenInfo> tokens, int[] ids, ForwardObserver observer) {
        return run(List.of(new BranchRows(cache, tokens, ids)), observer);
    }

    /** Stages rows of several branches and runs them as one batch. */
    ForwardPass run(List<BranchRows> branches, ForwardObserver observer) {
        int rows = branches.stream().mapToInt(branch -> branch.ids().length).sum();
        if (activations == null || activations.rows() < rows) {
            Activations grown = new Activations(transformer, rows);
            if (activations != null) {
                activations.close();
            }
            activations = grown;
        }
        ForwardPass pass = transformer.stage(activations, branches);
        pass.run(observer);
        return pass;
    }

    /** Logits of {@code count} rows of the batch, from {@code first} on. */
    float[] logits(ForwardPass pass, int first, int count) {
        int width = transformer.headOutputs();
        float[] all = new float[Math.multiplyExact(count, width)];
        for (int done = 0; done < count; done += activations.headRows()) {
            int portion = Math.min(activations.headRows(), count - done);
            int[] rows = new int[portion];
            for (int i = 0; i < portion; i++) {
                rows[i] = first + done + i;
            }
            pass.logits(rows, portion).read(0, all, done * width, portion);
        }
        return all;
    }

    /** A cache that holds copies of chosen rows of another. */
    KvCache select(KvCache source, List<TokenInfo> tokens, int[] keep) {
        KvCache cache = newCache();
        cache.stage(Arrays.stream(keep).mapToObj(tokens::get).toList());
        float[] row = new float[network().headSize()];
        for (int layer = 0; layer < network().layers(); layer++) {
            for (int head = 0; head < network().kvHeads(); head++) {
                copy(source.keys(layer)[head], cache.keys(layer)[head], keep, row);
                copy(source.values(layer)[head], cache.values(layer)[head], keep, row);
            }
        }
        cache.commit();
        return cache;
    }

    /** All keys of a cache, shape (layers, KV heads, rows, head size). */
    float[] keys(KvCache cache) {
        float[] all = new float[cacheNumbers(cache)];
        for (int layer = 0, at = 0; layer < network().layers(); layer++) {
            at = read(cache.keys(layer), cache.size(), all, at);
        }
        return all;
    }

    /** All values of a cache, shape (layers, KV heads, rows, head size). */
    float[] values(KvCache cache) {
        float[] all = new float[cacheNumbers(cache)];
        for (int layer = 0, at = 0; layer < network().layers(); layer++) {
            at = read(cache.values(layer), cache.size(), all, at);
        }
        return all;
    }

    /** The shape that {@link #keys} and {@link #values} have. */
    int[] cacheShape(int rows) {
        return new int[] {
            network().layers(), network().kvHeads(), rows, network().headSize()
        };
    }

    @Override
    public void close() {
        if (activations != null) {
            activations.close();
        }
        transformer.close();
    }

    private int cacheNumbers(KvCache cache) {
        return Math.toIntExact((long) network().layers()
                * network().kvHeads()
                * cache.size()
                * network().headSize());
    }

    private int read(Tensor[] heads, int rows, float[] all, int from) {
        int at = from;
        for (Tensor head : heads) {
            head.read(0, all, at, rows);
            at += rows * network().headSize();
        }
        return at;
    }

    private static void copy(Tensor from, Tensor to, int[] rows, float[] row) {
        for (int i = 0; i < rows.length; i++) {
            from.read(rows[i], row, 0, 1);
            to.write(i, row, 0, 1);
        }
    }
}
