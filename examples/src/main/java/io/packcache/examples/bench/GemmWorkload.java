package io.packcache.examples.bench;

import io.packcache.examples.bench.Contest.Contestant;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import java.util.List;
import java.util.Map;

/** Matrix products with packed weights, of the sizes that transformers on a processor have. */
final class GemmWorkload implements Workload {

    private static final int REPEATS = 10;

    /** Rows, inputs, outputs. */
    private static final List<int[]> SIZES = List.of(
            new int[] {76, 192, 512}, new int[] {256, 256, 1024}, new int[] {256, 512, 2048}, new int[] {1024, 512, 1408
            });

    @Override
    public String name() {
        return "gemm";
    }

    @Override
    public String summary() {
        return "matrix products with packed float32 weights, against the peer and the processor's peak";
    }

    @Override
    public Report run(Bench bench) {
        Report report = new Report();
        double peak = Peak.gigaflops(bench);
        for (int[] size : SIZES) {
            Map<String, Times> times = times(bench, size);
            Times ours = times.get(bench.backend());
            double operations = 2.0 * size[0] * size[1] * size[2];
            report.row("rows x inputs x outputs", size[0] + " x " + size[1] + " x " + size[2])
                    .times("ours", ours)
                    .number("GFLOP/s", operations / ours.median() / 1e9, "%.1f");
            Peak.compare(report, operations / ours.median() / 1e9, peak);
            PeerTimes.compare(report, times, ours);
        }
        Peak.remark(report, peak, bench.threads());
        return report;
    }

    private static Map<String, Times> times(Bench bench, int[] size) {
        try (Backend backend = Backends.of(bench.backend(), bench.threads());
                Tensor x = Numbers.tensor(backend, size[0], size[1], 1);
                Tensor y = backend.allocate(size[0], size[2]);
                Weights weights = backend.pack(Numbers.uniform(size[1] * size[2], 2), size[2], size[1], null)) {
            Runnable product = () -> backend.multiply(x, 0, size[0], weights, y);
            Contest.warmUp(product);
            Contestant ours = () -> Contest.timeAwake(REPEATS, product);
            Contest contest = new Contest().add(bench.backend(), ours);
            bench.peer()
                    .ifPresent(peer -> contest.add(
                            PeerTimes.NAME,
                            () -> peer.seconds(Peer.request("gemm", bench.threads())
                                    .put("rows", size[0])
                                    .put("inputs", size[1])
                                    .put("outputs", size[2])
                                    .put("repeats", REPEATS))));
            return contest.run(bench.rounds());
        }
    }
}
