package io.packcache.examples.bench;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.tier.TierSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What it costs that another frame comes back from a tier after every frame: from a file, and from host memory. */
final class RecallWorkload implements Workload {

    /** Frames that take turns in coming back. */
    private static final int ARCHIVED = 6;

    private static final long FRAME_BYTES =
            CompactionWorkload.GRID.frameLength() * CompactionWorkload.SHAPE.bytesPerToken();

    @Override
    public String name() {
        return "recall";
    }

    @Override
    public String summary() {
        return "a frame of 1,024 tokens, 8 layers, 8 heads of 64, comes back from a file against from host memory";
    }

    @Override
    public Report run(Bench bench) {
        TierSettings files = new TierSettings(FRAME_BYTES * 5 / 4, (ARCHIVED + 1) * 2 * FRAME_BYTES, Path.of(""));
        try (Backend backend = Backends.of(bench.backend(), bench.threads());
                SlidingCache disk = cache(backend, files);
                SlidingCache host = cache(backend, TierSettings.unlimitedHost())) {
            Map<String, Times> times = new Contest()
                    .add("a file", () -> List.of(disk.slide().applying()))
                    .add("host memory", () -> List.of(host.slide().applying()))
                    .run(bench.rounds());
            double frame = disk.attention() * CompactionWorkload.PASSES;
            Report report = new Report();
            times.forEach((name, time) -> report.row("comes back from", name)
                    .times("time", time)
                    .number("of a latent frame", 100 * time.median() / frame, "%.2f %%"));
            double saved =
                    times.get("a file").median() - times.get("host memory").median();
            report.remark(
                    "reading ahead could hide %.1f ms, %.2f %% of a latent frame: its attention to two frames alone, %.1f s",
                    1e3 * saved, 100 * saved / frame, frame);
            return report.remark("%.0f MB a frame; the file comes from the page cache", FRAME_BYTES / 1e6);
        }
    }

    private static SlidingCache cache(Backend backend, TierSettings tiers) {
        SlidingCache cache =
                new SlidingCache(backend, CompactionWorkload.GRID, CompactionWorkload.SHAPE, new InTurn(tiers));
        for (int i = 0; i < 2 * ARCHIVED; i++) {
            cache.slide();
        }
        return cache;
    }

    /** The newest frame and, before it, one of the first frames in turn. */
    private record InTurn(TierSettings tiers) implements CompactionPolicy {

        @Override
        public String name() {
            return "in turn";
        }

        @Override
        public CompactionPlan plan(CacheView view, Budget budget) {
            FrameView newest = view.frames().get(view.frames().size() - 1);
            List<FrameView> away = view.archive();
            List<FramePlan> frames = new ArrayList<>();
            if (newest.frame() > ARCHIVED) {
                FrameView back = away.get((int) (newest.frame() % away.size()));
                frames.add(new FramePlan(back.frame(), 0, back.held()));
            }
            frames.add(new FramePlan(newest.frame(), frames.size(), newest.held()));
            TreeSet<Long> archive = away.stream().map(FrameView::frame).collect(Collectors.toCollection(TreeSet::new));
            if (newest.frame() < ARCHIVED) {
                archive.add(newest.frame());
            }
            return new CompactionPlan(CompactionPlan.ALL_TEXT, frames, frames.size()).withArchive(archive);
        }
    }
}
