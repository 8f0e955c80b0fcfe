package io.packcache.examples.bench;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;

/** How fast the processor could go: what a kernel's rate is compared with. */
final class Peak {

    private Peak() {}

    /** See {@link Backend#peakGigaflops()}. */
    static double gigaflops(Bench bench) {
        try (Backend backend = Backends.of(bench.backend(), bench.threads())) {
            return backend.peakGigaflops();
        }
    }

    static void compare(Report report, double gigaflops, double peak) {
        if (peak > 0) {
            report.number("of peak", 100 * gigaflops / peak, "%.0f %%");
        }
    }

    static void remark(Report report, double peak, int threads) {
        if (peak > 0) {
            report.remark("peak: %.0f GFLOP/s on %d thread(s), multiply-adds that stay in registers", peak, threads);
        }
    }
}
