package io.packcache.examples.verify;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.stream.model.ForwardPass;
import io.packcache.stream.model.NetworkConfig;
import java.io.IOException;
import java.util.List;

/** A whole sequence in one forward, inside and out. */
final class FullChecks {

    private final Checks checks;
    private final LayoutChecks layout;
    private final GoldenFile file;
    private final Engine engine;

    FullChecks(Checks checks, LayoutChecks layout, GoldenFile file, Engine engine) {
        this.checks = checks;
        this.layout = layout;
        this.file = file;
        this.engine = engine;
    }

    /**
     * What a full forward leaves behind.
     *
     * @param rows its rows
     * @param tokens what they are
     * @param cache holds them all
     * @param logits of all rows
     */
    record Result(StoredRows rows, List<TokenInfo> tokens, KvCache cache, float[] logits) implements AutoCloseable {
        @Override
        public void close() {
            cache.close();
        }
    }

    /** Checks every tensor there is under a prefix and returns what was computed. */
    Result check(String prefix) throws IOException {
        NetworkConfig config = engine.network();
        StoredRows rows = StoredRows.read(file, prefix, config.vocabulary());
        layout.positions(prefix, rows, engine.tokens(), engine.grid());
        layout.mask(file, prefix, rows, engine.reader());
        if (file.has(prefix + "cos")) {
            layout.rotation(file, prefix, "", rows.positions(), config.headSize(), config.theta());
        }
        List<TokenInfo> tokens = engine.reader().describe(rows, 0);
        Recording recording = new Recording(config);
        KvCache cache = engine.newCache();
        try {
            ForwardPass pass = engine.run(cache, tokens, rows.ids(), recording);
            float[] logits = engine.logits(pass, 0, rows.size());
            pass.commit();
            inside(prefix, recording, cache);
            float[] expected = file.floats(prefix + "logits", rows.size(), config.vocabulary());
            checks.withinSpread(prefix + "logits", expected, logits);
            return new Result(rows, tokens, cache, logits);
        } catch (IOException | RuntimeException e) {
            cache.close();
            throw e;
        }
    }

    private void inside(String prefix, Recording recording, KvCache cache) throws IOException {
        NetworkConfig config = engine.network();
        int rows = cache.size();
        if (file.has(prefix + "hidden")) {
            float[] expected = file.floats(prefix + "hidden", config.layers() + 1, rows, config.hidden());
            float[] found = new float[expected.length];
            for (int layer = 0; layer <= config.layers(); layer++) {
                System.arraycopy(
                        recording.hidden[layer], 0, found, layer * rows * config.hidden(), rows * config.hidden());
            }
            checks.withinSpread(prefix + "hidden", expected, found);
        }
        if (file.has(prefix + "attn")) {
            attention(checks, file, prefix + "attn", engine, recording, cache, rows);
        }
    }

    /** Attention probabilities of the last rows of a pass, shape (layers, heads, rows, cache rows). */
    static void attention(
            Checks checks,
            GoldenFile file,
            String name,
            Engine engine,
            Recording recording,
            KvCache cache,
            int keyCount)
            throws IOException {
        NetworkConfig config = engine.network();
        int rows = engine.grid().frameLength();
        float[] expected = file.floats(name, config.layers(), config.heads(), rows, keyCount);
        checks.probabilities(name, expected, AttentionProbabilities.of(config, recording, cache, keyCount, rows));
    }
}
