package io.packcache.examples.bench;

import io.packcache.kvcache.compute.vector.FmaPeak;

/** How fast the processor could go: what a kernel's rate is compared with. */
final class Peak {

    private Peak() {}

    /** Multiply-adds in registers alone on that many threads, in GFLOP/s; 0 where the vector module is absent. */
    static double gigaflops(int threads) {
        boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return vectors ? FmaPeak.gigaflops(threads) : 0;
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
