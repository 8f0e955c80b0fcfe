package io.packcache.examples.bench;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.PackCache;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.session.FrameStatistics;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationSession;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A stream that never ends: does the thousandth latent frame cost what the twentieth did? */
final class EndlessWorkload implements Workload {

    private static final int FRAMES = 1000;

    /** Frames over which a median is taken, at either end. */
    private static final int AROUND = 40;

    /** The first frame that counts as steady: the cache is full by then. */
    private static final int STEADY = 20;

    @Override
    public String name() {
        return "endless";
    }

    @Override
    public String summary() {
        return FRAMES + " latent frames of the model under PackCache: time, bytes and pauses from frame " + STEADY
                + " on";
    }

    @Override
    public Report run(Bench bench) throws IOException {
        try (Backend backend = Backends.of(bench.backend(), bench.threads());
                VideoModel model = VideoModel.load(bench.model(), backend)) {
            generate(model, FRAMES / 5, null);
            Pauses pauses = new Pauses();
            List<FrameStatistics> frames = generate(model, FRAMES, pauses);
            pauses.stop();
            Report report = new Report();
            row(report, "frame " + STEADY + " on", frames.subList(STEADY, STEADY + AROUND));
            row(report, "half way", frames.subList(FRAMES / 2, FRAMES / 2 + AROUND));
            row(report, "frame " + FRAMES, frames.subList(FRAMES - AROUND, FRAMES));
            return remarks(report, frames, pauses);
        }
    }

    private static List<FrameStatistics> generate(VideoModel model, int frames, Pauses pauses) {
        List<FrameStatistics> statistics = new ArrayList<>();
        Compactor compactor = new Compactor(PackCache.defaults(), Budget::unlimited);
        try (GenerationSession session =
                model.open(model.request("a red circle moves right").withLatentFrames(frames))) {
            while (session.hasNext()) {
                if (pauses != null && statistics.size() == STEADY) {
                    pauses.start();
                }
                try (GeneratedFrame frame = session.next()) {
                    statistics.add(compactor.pass(frame).statistics());
                }
            }
        }
        return statistics;
    }

    private static void row(Report report, String name, List<FrameStatistics> frames) {
        report.row("median of " + AROUND + " latent frames", name)
                .times("time", times(frames))
                .number("cache bytes", (double) frames.get(frames.size() - 1).residentBytes(), "%,.0f");
    }

    private static Times times(List<FrameStatistics> frames) {
        return new Times(frames.stream().map(frame -> frame.totalNanos() / 1e9).toList());
    }

    private static Report remarks(Report report, List<FrameStatistics> frames, Pauses pauses) {
        double first = times(frames.subList(STEADY, STEADY + AROUND)).median();
        double last = times(frames.subList(FRAMES - AROUND, FRAMES)).median();
        report.remark("frame %d against frame %d: %.3fx the time", FRAMES, STEADY, last / first);
        report.remark(
                "compaction: %.2f %% of the time of a latent frame",
                100.0
                        * frames.stream()
                                .mapToLong(FrameStatistics::compactionNanos)
                                .sum()
                        / frames.stream().mapToLong(FrameStatistics::totalNanos).sum());
        return report.remark(
                "garbage collection from frame %d on: %d pauses, the longest %d ms",
                STEADY, pauses.count(), pauses.longestMillis());
    }
}
