package io.packcache.examples.bench;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.policy.HistoryBudget;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.kvcache.policy.PositionMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What PackCache does to a cache after each frame, plan and application, against copying as many bytes inside tensors of
 * the same size, each in one piece, by the same threads. Then the same over ten thousand small frames.
 */
final class CompactionWorkload implements Workload {

    static final FrameGrid GRID = new FrameGrid(32, 31, 3, 1);
    static final CacheShape SHAPE = new CacheShape(8, 8, 64);
    private static final int WINDOW = 13;

    /** Refinement steps of a latent frame and the pass that stores it, as the demo model takes them. */
    static final int PASSES = 13;

    /** Slides until shares have settled and everything is compiled. */
    private static final int WARMUP = 40;

    private static final int MANY = 10_000;

    /** Slides over which a median is taken, at either end of many. */
    private static final int AROUND = 500;

    @Override
    public String name() {
        return "compaction";
    }

    @Override
    public String summary() {
        return "PackCache's plan and its application, " + WINDOW + " frames of 1,024 tokens, 8 layers, 8 heads of 64,"
                + " against copying as many bytes";
    }

    @Override
    public Report run(Bench bench) {
        try (Backend backend = Backends.of(bench.backend(), bench.threads());
                SlidingCache keep = large(backend, PositionMode.KEEP);
                SlidingCache rebase = large(backend, PositionMode.REBASE)) {
            for (int i = 0; i < WARMUP; i++) {
                keep.slide();
                rebase.slide();
            }
            Copies copies = new Copies(backend, keep.size());
            List<SlidingCache.Slide> kept = new ArrayList<>();
            List<SlidingCache.Slide> rebased = new ArrayList<>();
            Map<String, Times> times = new Contest()
                    .add("KEEP", () -> List.of(slide(keep, kept)))
                    .add("REBASE", () -> List.of(slide(rebase, rebased)))
                    .add("copy", () -> Contest.time(1, copies::copy))
                    .run(bench.rounds());
            double frame = keep.attention() * PASSES;
            Times copy = times.get("copy");
            Report report = new Report();
            row(report, "KEEP", times.get("KEEP"), copy, kept, frame);
            row(report, "REBASE", times.get("REBASE"), copy, rebased, frame);
            report.row("positions", "copy").times("time", copy).number("of copying speed", 100, "%.0f %%");
            report.remark("copy: %,.0f MB, all that stays, each tensor in one piece", copies.bytes() / 1e6);
            report.remark(
                    "a latent frame: its attention alone, %.1f s, %d passes over %,d keys", frame, PASSES, keep.size());
            return many(report, backend);
        }
    }

    private static SlidingCache large(Backend backend, PositionMode mode) {
        PackCache policy = PackCache.defaults()
                .withPositions(mode)
                .withWindow(WINDOW)
                .withHistoryBudget(new HistoryBudget.Frames(WINDOW / 2.0))
                .withRho(0.9);
        return new SlidingCache(backend, GRID, SHAPE, policy);
    }

    private static double slide(SlidingCache cache, List<SlidingCache.Slide> slides) {
        slides.add(cache.slide());
        return slides.get(slides.size() - 1).seconds();
    }

    private static void row(
            Report report, String name, Times time, Times copy, List<SlidingCache.Slide> slides, double frame) {
        SlidingCache.Slide last = slides.get(slides.size() - 1);
        Times planning =
                new Times(slides.stream().map(SlidingCache.Slide::planning).toList());
        report.row("positions", name)
                .times("time", time)
                .number("of copying speed", 100 * copy.median() / time.median(), "%.0f %%")
                .number("plan", 1e3 * planning.median(), "%.2f ms")
                .number("plan allocates", last.planBytes() / 1024.0, "%.1f KiB")
                .number("application allocates", last.applyBytes() / 1024.0, "%.1f KiB")
                .number("of a latent frame", 100 * time.median() / frame, "%.3f %%");
    }

    private static Report many(Report report, Backend backend) {
        try (SlidingCache cache =
                new SlidingCache(backend, new FrameGrid(8, 8, 3, 1), new CacheShape(4, 4, 32), PackCache.defaults())) {
            List<Double> seconds = new ArrayList<>();
            long bytes = 0;
            long allocated = 0;
            for (int frame = 0; frame < MANY; frame++) {
                SlidingCache.Slide slide = cache.slide();
                seconds.add(slide.seconds());
                allocated += frame < MANY - AROUND ? 0 : slide.applyBytes();
                bytes = frame == AROUND ? cache.residentBytes() : bytes;
            }
            double first = new Times(seconds.subList(MANY / 4, MANY / 4 + AROUND)).median();
            double last = new Times(seconds.subList(MANY - AROUND, MANY)).median();
            report.remark(
                    "application allocates: on the calling thread, while not all of it is compiled; at the end of the"
                            + " small frames %,d bytes",
                    allocated / AROUND);
            return report.remark(
                    "%,d small frames: the last %d slides take %.2fx of those from frame %,d on, %.0f us each; resident"
                            + " bytes %,d after frame %d, %,d at the end",
                    MANY, AROUND, last / first, MANY / 4, 1e6 * last, bytes, AROUND, cache.residentBytes());
        }
    }

    /** Tensors as those of a cache, and one piece of each to be copied. */
    private static final class Copies {

        private final Backend backend;
        private final Tensor[] tensors = new Tensor[2 * SHAPE.cells()];
        private final int kept;

        Copies(Backend backend, int kept) {
            this.backend = backend;
            this.kept = kept;
            for (int i = 0; i < tensors.length; i++) {
                tensors[i] = Numbers.tensor(backend, kept + GRID.frameLength(), SHAPE.headSize(), i);
            }
        }

        long bytes() {
            return (long) kept * SHAPE.bytesPerToken();
        }

        void copy() {
            RowGather piece = backend.startGather(0);
            for (int row = 0; row < kept; row++) {
                piece.keep(GRID.frameLength() + row, RowGather.NO_TURN);
            }
            backend.gather(piece, new Tensor[0], tensors);
        }
    }
}
