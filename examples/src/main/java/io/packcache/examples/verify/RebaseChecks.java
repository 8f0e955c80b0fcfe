package io.packcache.examples.verify;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.kvcache.position.TokenPosition;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.model.ForwardObserver;
import io.packcache.stream.model.ForwardPass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A cache that lost rows and closed the gaps in time: its keys are turned to where their tokens stand now. */
final class RebaseChecks {

    private final Checks checks;
    private final GoldenFile file;
    private final String prefix;
    private final Engine engine;

    /**
     * @param prefix what the names of the checks begin with
     */
    RebaseChecks(Checks checks, GoldenFile file, String prefix, Engine engine) {
        this.checks = checks;
        this.file = file;
        this.prefix = prefix;
        this.engine = engine;
    }

    void check() throws IOException {
        StoredRows rows = StoredRows.read(file, "", engine.network().vocabulary());
        long[] shape = file.shape("cache_before.k");
        int cached = shape.length == 4 ? (int) Math.min(shape[2], rows.size()) : 0;
        int frame = engine.grid().frameLength();
        if (cached < 1 || cached + frame > rows.size()) {
            throw new CheckpointException(file.place("cache_before.k")
                    + " must hold the rows before the last frame of the " + rows.size() + " in input_ids");
        }
        List<TokenInfo> tokens = engine.reader().describe(rows, 0);
        try (KvCache whole = engine.newCache()) {
            engine.run(whole, tokens.subList(0, cached), rows.slice(0, cached).ids(), ForwardObserver.NONE)
                    .commit();
            cacheTensors("cache_before.", whole);
            int[] keep = PrunedChecks.rising(file, "keep", cached);
            List<TokenPosition> moved = StoredRows.positions(file, "keep.", keep.length);
            try (KvCache kept = engine.select(whole, tokens, keep)) {
                StoredRows last = rows.slice(rows.size() - frame, rows.size());
                forward("frame.logits_no_rebase", kept, last);
                turn(kept, rows, keep, moved);
                cacheTensors("cache_rebased.", kept);
                StoredRows movedFrame =
                        StoredRows.read(file, "frame.", engine.network().vocabulary());
                forward("frame.logits", kept, movedFrame);
            }
            plan(whole, tokens, keep, moved);
        }
    }

    /** Turns every kept row by the difference between its two positions. */
    private void turn(KvCache kept, StoredRows rows, int[] keep, List<TokenPosition> moved) throws IOException {
        RotaryScheme rotary = engine.transformer().rotary();
        List<TokenPosition> original = new ArrayList<>();
        for (int row : keep) {
            original.add(rows.positions().get(row));
        }
        RotaryTable table = RotaryTable.between(rotary, original, moved);
        int headSize = engine.network().headSize();
        if (file.has("delta.cos")) {
            float[] cos = file.floats("delta.cos", keep.length, headSize);
            float[] sin = file.floats("delta.sin", keep.length, headSize);
            checks.within(prefix + "delta.cos", cos, table.doubled(table.cos()), Checks.TIGHT);
            checks.within(prefix + "delta.sin", sin, table.doubled(table.sin()), Checks.TIGHT);
        }
        Backend backend = engine.transformer().backend();
        RowGather turned = backend.startGather(headSize / 2);
        double[] from = new double[headSize / 2];
        double[] angles = new double[headSize / 2];
        for (int row = 0; row < keep.length; row++) {
            rotary.angles(original.get(row), from);
            rotary.angles(moved.get(row), angles);
            for (int pair = 0; pair < angles.length; pair++) {
                angles[pair] -= from[pair];
            }
            turned.keep(row, turned.addTurn(angles));
        }
        for (int layer = 0; layer < kept.shape().layers(); layer++) {
            backend.gather(turned, kept.keys(layer), new Tensor[0]);
        }
    }

    /** The same by a compaction plan, if the kept rows are what a plan can say. */
    private void plan(KvCache whole, List<TokenInfo> tokens, int[] keep, List<TokenPosition> moved) throws IOException {
        Optional<CompactionPlan> plan = PlanFromRows.plan(engine.grid(), tokens.subList(0, whole.size()), keep, moved);
        if (plan.isEmpty()) {
            return;
        }
        whole.apply(plan.get());
        List<TokenPosition> found = new ArrayList<>();
        for (int row = 0; row < whole.size(); row++) {
            found.add(whole.table().position(row));
        }
        checks.exact(prefix + "plan keep.pos", LayoutChecks.flat(moved), LayoutChecks.flat(found));
        String name = "cache_rebased.k";
        if (whole.size() == keep.length && file.has(name)) {
            float[] expected = file.floats(name, engine.cacheShape(whole.size()));
            checks.withinSpread(prefix + "plan " + name, expected, engine.keys(whole));
        }
    }

    private void cacheTensors(String name, KvCache cache) throws IOException {
        int[] shape = engine.cacheShape(cache.size());
        checks.withinSpread(prefix + name + "k", file.floats(name + "k", shape), engine.keys(cache));
        checks.withinSpread(prefix + name + "v", file.floats(name + "v", shape), engine.values(cache));
    }

    private void forward(String name, KvCache cache, StoredRows frame) throws IOException {
        if (!file.has(name)) {
            return;
        }
        long number = frameAfter(cache);
        ForwardPass pass =
                engine.run(cache, engine.reader().describe(frame, number), frame.ids(), ForwardObserver.NONE);
        float[] logits = engine.logits(pass, 0, frame.size());
        checks.withinSpread(
                prefix + name, file.floats(name, frame.size(), engine.network().vocabulary()), logits);
        pass.rollback();
    }

    private static long frameAfter(KvCache cache) {
        long newest = -1;
        for (int row = 0; row < cache.size(); row++) {
            newest = Math.max(newest, cache.table().frame(row));
        }
        return newest + 1;
    }
}
