package io.packcache.examples.lab;

import io.packcache.kvcache.plan.Budget;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.flow.Compactor;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.session.FrameStatistics;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.GenerationSession;
import io.packcache.stream.session.VideoModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One clip generated under one policy, and what it cost. Owns its pictures.
 *
 * @param codes codes of every latent frame, in time order
 * @param statistics what every latent frame cost, in time order, compaction included
 * @param pictures every picture, in time order
 */
public record PolicyRun(List<int[]> codes, List<FrameStatistics> statistics, List<VideoFrame> pictures)
        implements AutoCloseable {

    /** Generates the whole clip on the calling thread, the policy within its own budget. */
    public static PolicyRun of(VideoModel model, GenerationRequest request, CompactionPolicy policy) {
        return of(model, request, policy, Allowance.OWN);
    }

    /** Generates the whole clip on the calling thread. */
    public static PolicyRun of(
            VideoModel model, GenerationRequest request, CompactionPolicy policy, Allowance allowance) {
        model.check(policy);
        PolicyRun run = new PolicyRun(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (GenerationSession session = model.open(request)) {
            while (session.hasNext()) {
                try (GeneratedFrame frame = session.next()) {
                    Budget budget = allowance.of(policy, frame.lease().view(Set.of()));
                    run.add(new Compactor(policy, () -> budget).pass(frame));
                }
            }
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
        return run;
    }

    private void add(GeneratedFrame frame) {
        codes.add(frame.codes());
        statistics.add(frame.statistics());
        pictures.addAll(frame.takePictures());
    }

    /** Whole time of a latent frame in seconds: the median over {@code count} frames from {@code from} on. */
    public double medianSeconds(int from, int count) {
        long[] nanos = statistics.subList(from, from + count).stream()
                .mapToLong(FrameStatistics::totalNanos)
                .sorted()
                .toArray();
        return nanos[nanos.length / 2] / 1e9;
    }

    /** Whole time of all latent frames in seconds. */
    public double totalSeconds() {
        return statistics.stream().mapToLong(FrameStatistics::totalNanos).sum() / 1e9;
    }

    /** Tokens that all branches hold after the last frame. */
    public long tokens() {
        return statistics.get(statistics.size() - 1).tokensAfter();
    }

    /** Bytes the caches of both branches occupy after the last frame. */
    public long residentBytes() {
        return statistics.get(statistics.size() - 1).residentBytes();
    }

    /** Share of all codes that are the same as in another run of the same clip, 0 to 1. */
    public double agreement(PolicyRun other) {
        long same = 0;
        long all = 0;
        for (int frame = 0; frame < codes.size(); frame++) {
            int[] mine = codes.get(frame);
            int[] theirs = other.codes.get(frame);
            for (int i = 0; i < mine.length; i++) {
                same += mine[i] == theirs[i] ? 1 : 0;
            }
            all += mine.length;
        }
        return (double) same / all;
    }

    /** The same of one latent frame. */
    public double agreement(PolicyRun other, int frame) {
        int[] mine = codes.get(frame);
        int[] theirs = other.codes.get(frame);
        long same = IntStream.range(0, mine.length)
                .filter(i -> mine[i] == theirs[i])
                .count();
        return (double) same / mine.length;
    }

    @Override
    public void close() {
        pictures.forEach(VideoFrame::release);
        pictures.clear();
    }
}
