package io.packcache.examples.bench;

import io.packcache.examples.bench.Contest.Contestant;
import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.SlidingWindow;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The attention kernel alone: a frame's queries against a short and a long cache. */
final class AttentionWorkload implements Workload {

    private static final int HEADS = 8;
    private static final int QUERIES = 256;
    private static final int REPEATS = 3;
    private static final int[] HEAD_SIZES = {32, 64, 128};
    private static final int[] KEYS = {2048, 12288};

    /** Frames of a cache that collects attention mass or does not, in turns. */
    private static final FrameGrid FRAME = new FrameGrid(16, 15, 3, 1);

    private static final int FRAMES = 8;

    /** Refinement steps of a latent frame and the pass that stores it, as the demo model takes them. */
    private static final int PASSES = 13;

    private static final String PLAIN = "64, a latent frame";
    private static final String MASS = "64, with mass";

    @Override
    public String name() {
        return "attention";
    }

    @Override
    public String summary() {
        return HEADS + " heads, " + QUERIES + " queries against 2,048 and 12,288 cached keys, head size 32, 64, 128";
    }

    @Override
    public Report run(Bench bench) {
        Report report = new Report();
        double peak = Peak.gigaflops(bench);
        for (int size : HEAD_SIZES) {
            for (int keys : KEYS) {
                Map<String, Times> times = times(bench, size, keys);
                Times ours = times.get(bench.backend());
                double rate = 4.0 * HEADS * QUERIES * keys * size / ours.median() / 1e9;
                report.row("head size, keys", size + ", " + keys)
                        .times("ours", ours)
                        .number("GFLOP/s", rate, "%.1f");
                Peak.compare(report, rate, peak);
                PeerTimes.compare(report, times, ours);
            }
        }
        Peak.remark(report, peak, bench.threads());
        return mass(bench, report);
    }

    /** What it costs to collect attention mass: a latent frame attends and is stored, with and without. */
    private static Report mass(Bench bench, Report report) {
        try (Backend backend = Backends.of(bench.backend(), bench.threads());
                SlidingCache without = frames(backend, Set.of());
                SlidingCache with = frames(backend, Set.of(Signal.ATTENTION_MASS))) {
            Runnable plain = () -> frame(without);
            Runnable collecting = () -> frame(with);
            Contest.warmUp(plain);
            Contest.warmUp(collecting);
            Map<String, Times> times = new Contest()
                    .add(PLAIN, () -> Contest.timeAwake(REPEATS, plain))
                    .add(MASS, () -> Contest.timeAwake(REPEATS, collecting))
                    .run(bench.rounds());
            times.forEach((name, each) -> report.row("head size, keys", name).times("ours", each));
            return report.remark(
                    "attention mass: %.1f %% more for a latent frame of %d tokens, attended to %d times against %,d keys and stored",
                    100 * (times.get(MASS).median() / times.get(PLAIN).median() - 1),
                    FRAME.frameLength(),
                    PASSES,
                    without.size());
        }
    }

    private static SlidingCache frames(Backend backend, Set<Signal> signals) {
        SlidingCache cache = new SlidingCache(
                backend,
                FRAME,
                new CacheShape(1, HEADS, 64),
                SlidingWindow.defaults().withWindow(FRAMES));
        cache.collect(signals);
        for (int i = 0; i < FRAMES; i++) {
            cache.slide();
        }
        return cache;
    }

    private static void frame(SlidingCache cache) {
        for (int pass = 0; pass < PASSES; pass++) {
            cache.attend();
        }
        cache.slide();
    }

    private static Map<String, Times> times(Bench bench, int size, int keys) {
        try (Backend backend = Backends.of(bench.backend(), bench.threads());
                Tensor queries = Numbers.tensor(backend, QUERIES, HEADS * size, 1);
                Tensor output = backend.allocate(QUERIES, HEADS * size)) {
            CellRows[] cells = new CellRows[HEADS];
            for (int head = 0; head < HEADS; head++) {
                Tensor k = Numbers.tensor(backend, keys, size, 2 + head);
                Tensor v = Numbers.tensor(backend, keys, size, 100 + head);
                cells[head] = new CellRows(k, v, keys, null, List.of());
            }
            Attention call = new Attention(queries, 0, QUERIES, HEADS, cells, null, output);
            Contest.warmUp(() -> backend.attention(call));
            Contestant ours = () -> Contest.timeAwake(REPEATS, () -> backend.attention(call));
            Contest contest = new Contest().add(bench.backend(), ours);
            bench.peer()
                    .ifPresent(peer -> contest.add(
                            PeerTimes.NAME,
                            () -> peer.seconds(Peer.request("attention", bench.threads())
                                    .put("heads", HEADS)
                                    .put("queries", QUERIES)
                                    .put("keys", keys)
                                    .put("head", size)
                                    .put("repeats", REPEATS))));
            return contest.run(bench.rounds());
        }
    }
}
