package io.packcache.examples.verify;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.model.ForwardPass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The last frame of the full sequence against a part of the rows before it, at their original positions. */
final class PrunedChecks {

    private final Checks checks;
    private final GoldenFile file;
    private final Engine engine;

    PrunedChecks(Checks checks, GoldenFile file, Engine engine) {
        this.checks = checks;
        this.file = file;
        this.engine = engine;
    }

    void check(FullChecks.Result full) throws IOException {
        List<String> keeps = new ArrayList<>(file.names());
        keeps.removeIf(name -> !name.matches("pruned\\..+\\.keep"));
        for (String name : keeps) {
            check(name.substring(0, name.length() - "keep".length()), full);
        }
    }

    private void check(String prefix, FullChecks.Result full) throws IOException {
        int rows = engine.grid().frameLength();
        int before = full.rows().size() - rows;
        if (before < 0) {
            throw new CheckpointException(
                    file.place(prefix + "keep") + " needs a full sequence that ends with a frame");
        }
        int[] keep = rising(file, prefix + "keep", before);
        List<TokenInfo> frame = full.tokens().subList(before, full.tokens().size());
        try (KvCache cache = engine.select(full.cache(), full.tokens(), keep)) {
            Recording recording = new Recording(engine.network());
            int[] ids = full.rows().slice(before, before + rows).ids();
            ForwardPass pass = engine.run(cache, frame, ids, recording);
            float[] logits = engine.logits(pass, 0, rows);
            checks.withinSpread(
                    prefix + "logits",
                    file.floats(prefix + "logits", rows, engine.network().vocabulary()),
                    logits);
            if (file.has(prefix + "attn")) {
                FullChecks.attention(checks, file, prefix + "attn", engine, recording, cache, keep.length + rows);
            }
            pass.rollback();
        }
    }

    /** Indices of kept rows, which are in order. */
    static int[] rising(GoldenFile file, String name, int below) throws IOException {
        int[] keep = file.indices(name, -1, below);
        for (int i = 1; i < keep.length; i++) {
            if (keep[i] <= keep[i - 1]) {
                throw new CheckpointException(file.place(name) + "[" + i + "] is " + keep[i] + " after " + keep[i - 1]
                        + ", expected rising rows");
            }
        }
        return keep;
    }
}
