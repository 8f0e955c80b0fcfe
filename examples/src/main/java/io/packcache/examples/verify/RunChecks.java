package io.packcache.examples.verify;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenInfo;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.model.BranchRows;
import io.packcache.stream.model.ForwardObserver;
import io.packcache.stream.model.ForwardPass;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Incremental forwards, call by call against a growing cache, and guidance over two branches in one batch. */
final class RunChecks implements AutoCloseable {

    private static final Pattern GUIDED = Pattern.compile("(.+)\\.cfg([0-9]+(?:\\.[0-9]+)?)(\\.f\\d+\\.\\w+)\\.logits");

    private final Checks checks;
    private final GoldenFile file;
    private final Engine engine;
    private final Map<String, GoldenCall> calls = new LinkedHashMap<>();
    private final Map<String, Run> runs = new LinkedHashMap<>();

    RunChecks(Checks checks, GoldenFile file, Engine engine) {
        this.checks = checks;
        this.file = file;
        this.engine = engine;
    }

    /** One cache and what was committed to it. */
    private static final class Run {
        final KvCache cache;
        final List<TokenInfo> tokens = new ArrayList<>();
        final List<Integer> ids = new ArrayList<>();
        float[] lastLogits = {};

        Run(KvCache cache) {
            this.cache = cache;
        }
    }

    /** Makes all calls in order, then looks at the caches they leave. */
    void check(List<GoldenCall> inOrder) throws IOException {
        for (GoldenCall call : inOrder) {
            calls.put(call.tag(), call);
            make(call, runs.computeIfAbsent(call.run(), name -> new Run(engine.newCache())));
        }
        for (Map.Entry<String, Run> run : runs.entrySet()) {
            cache(run.getKey(), run.getValue().cache);
        }
    }

    private void make(GoldenCall call, Run run) throws IOException {
        if (run.cache.size() != call.before()) {
            throw new CheckpointException("calls.json: call " + call.tag() + " begins with a cache of " + call.before()
                    + " tokens, but the calls before it leave " + run.cache.size());
        }
        StoredRows rows = rows(call);
        List<TokenInfo> tokens = engine.reader().describe(rows, framesIn(run.tokens));
        ForwardPass pass = engine.run(run.cache, tokens, rows.ids(), ForwardObserver.NONE);
        float[] logits = engine.logits(pass, 0, rows.size());
        String name = call.tag() + ".logits";
        checks.withinSpread(
                name, file.floats(name, rows.size(), engine.network().vocabulary()), logits);
        pass.rollback();
        keep(call.after() - call.before(), run, rows, tokens);
        run.lastLogits = logits;
    }

    /** Rows that stay see none of those that do not, so running them alone gives the same keys and values. */
    private void keep(int count, Run run, StoredRows rows, List<TokenInfo> tokens) {
        if (count == 0) {
            return;
        }
        StoredRows kept = rows.slice(0, count);
        List<TokenInfo> keptTokens = tokens.subList(0, count);
        engine.run(run.cache, keptTokens, kept.ids(), ForwardObserver.NONE).commit();
        run.tokens.addAll(keptTokens);
        Arrays.stream(kept.ids()).forEach(run.ids::add);
    }

    private StoredRows rows(GoldenCall call) throws IOException {
        StoredRows rows =
                StoredRows.read(file, call.tag() + ".", engine.network().vocabulary());
        if (rows.size() != call.tokens()) {
            throw new CheckpointException(file.place(call.tag() + ".input_ids") + " holds " + rows.size()
                    + " ids, calls.json says " + call.tokens());
        }
        return rows;
    }

    private void cache(String run, KvCache cache) throws IOException {
        String name = run + ".cache.";
        int[] shape = engine.cacheShape(cache.size());
        if (file.has(name + "k")) {
            checks.withinSpread(name + "k", file.floats(name + "k", shape), engine.keys(cache));
        }
        if (file.has(name + "v")) {
            checks.withinSpread(name + "v", file.floats(name + "v", shape), engine.values(cache));
        }
    }

    /** A run that committed just this sequence must end with the logits of the full forward, whoever computed first. */
    void cachedEqualsFull(String prefix, FullChecks.Result full) {
        List<Integer> ids = Arrays.stream(full.rows().ids()).boxed().toList();
        for (Map.Entry<String, Run> run : runs.entrySet()) {
            float[] cached = run.getValue().lastLogits;
            if (run.getValue().ids.equals(ids) && cached.length <= full.logits().length) {
                int from = full.logits().length - cached.length;
                float[] expected = Arrays.copyOfRange(full.logits(), from, full.logits().length);
                checks.withinSpread(run.getKey() + " cached = " + prefix + "logits", expected, cached);
            }
        }
    }

    /** Named {@code RUN.cfgG.fN.STEP.logits}, over the branches {@code RUN.cond} and {@code RUN.uncond}. */
    void guidance() throws IOException {
        for (String name : file.names()) {
            Matcher parts = GUIDED.matcher(name);
            if (!parts.matches()) {
                continue;
            }
            GoldenCall guided = calls.get(parts.group(1) + ".cond" + parts.group(3));
            GoldenCall unguided = calls.get(parts.group(1) + ".uncond" + parts.group(3));
            if (guided != null && unguided != null) {
                guidance(name, Float.parseFloat(parts.group(2)), guided, unguided);
            }
        }
    }

    private void guidance(String name, float weight, GoldenCall guided, GoldenCall unguided) throws IOException {
        try (KvCache first = cacheBefore(guided);
                KvCache second = cacheBefore(unguided)) {
            BranchRows guidedRows = branch(first, guided);
            BranchRows unguidedRows = branch(second, unguided);
            ForwardPass pass = engine.run(List.of(guidedRows, unguidedRows), ForwardObserver.NONE);
            float[] combined = engine.logits(pass, pass.firstRow(0), guided.tokens());
            float[] without = engine.logits(pass, pass.firstRow(1), unguided.tokens());
            int shift = combined.length - without.length;
            for (int i = Math.max(0, shift); i < combined.length; i++) {
                float base = without[i - shift];
                combined[i] = weight * (combined[i] - base) + base;
            }
            checks.withinSpread(
                    name, file.floats(name, guided.tokens(), engine.network().vocabulary()), combined);
            pass.rollback();
        }
    }

    private BranchRows branch(KvCache cache, GoldenCall call) throws IOException {
        StoredRows rows = rows(call);
        long frame = framesIn(runs.get(call.run()).tokens.subList(0, call.before()));
        return new BranchRows(cache, engine.reader().describe(rows, frame), rows.ids());
    }

    private KvCache cacheBefore(GoldenCall call) {
        Run run = runs.get(call.run());
        int[] keep = new int[call.before()];
        Arrays.setAll(keep, row -> row);
        return engine.select(run.cache, run.tokens, keep);
    }

    private static long framesIn(List<TokenInfo> tokens) {
        return tokens.stream().mapToLong(TokenInfo::frame).max().orElse(-1) + 1;
    }

    @Override
    public void close() {
        runs.values().forEach(run -> run.cache.close());
    }
}
