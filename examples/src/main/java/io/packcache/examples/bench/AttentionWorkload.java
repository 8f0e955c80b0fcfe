package io.packcache.examples.bench;

import io.packcache.examples.bench.Contest.Contestant;
import io.packcache.kvcache.compute.Attention;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.CellRows;
import io.packcache.kvcache.compute.Tensor;
import java.util.List;
import java.util.Map;

/** The attention kernel alone: a frame's queries against a short and a long cache. */
final class AttentionWorkload implements Workload {

    private static final int HEADS = 8;
    private static final int QUERIES = 256;
    private static final int REPEATS = 3;
    private static final int[] HEAD_SIZES = {32, 64, 128};
    private static final int[] KEYS = {2048, 12288};

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
        return report;
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
            Contestant ours = () -> Contest.time(REPEATS, () -> backend.attention(call));
            for (int warm = 0; warm < 20; warm++) {
                backend.attention(call);
            }
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
