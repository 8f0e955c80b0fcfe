package io.packcache.examples.report;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.packcache.examples.lab.PolicyRun;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.stream.session.FrameStatistics;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What was measured of one policy. Lists go by latent frame, from the first, unless said otherwise; an empty list was not
 * measured, NaN is a frame of which there is nothing to say.
 *
 * @param policy the name it was asked for by
 * @param settings all of its settings as JSON
 * @param seconds time of each frame, compaction included
 * @param residentBytes bytes of both branches after each frame
 * @param tokens tokens that both branches hold after each frame, text and markers included; where heads hold different
 *     ones, their mean
 * @param agreement share of codes equal to those of the first policy named, 0 to 1
 * @param nats negative log-likelihood of the true codes, per code, teacher forced, the mean over clips
 * @param objectNats the same over codes in which an object is seen
 * @param keptAttention share of the attention paid to history that goes to what the plan keeps, 0 to 1, the mean over clips
 * @param objectError distance of the object from where it truly is, in pixels, by picture, continued from the true first
 *     picture, the mean over the clips in which it is seen
 * @param kept what was held at the end of the first clip
 */
public record PolicyMeasures(
        String policy,
        @JsonRawValue String settings,
        List<Double> seconds,
        List<Long> residentBytes,
        List<Long> tokens,
        List<Double> agreement,
        List<Double> nats,
        List<Double> objectNats,
        List<Double> keptAttention,
        List<Double> objectError,
        List<KeptFrame> kept) {

    /** Nothing was measured. */
    public static final PolicyMeasures NONE = new PolicyMeasures(
            "", "{}", List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(),
            List.of());

    /** These measures with those of a clip generated under the policy. */
    public PolicyMeasures of(String name, CompactionPolicy kind, PolicyRun run, PolicyRun reference) {
        List<Double> time = run.statistics().stream()
                .map(statistics -> statistics.totalNanos() / 1e9)
                .toList();
        List<Long> bytes =
                run.statistics().stream().map(FrameStatistics::residentBytes).toList();
        List<Long> tokens =
                run.statistics().stream().map(FrameStatistics::tokensAfter).toList();
        List<Double> same = IntStream.range(0, run.codes().size())
                .mapToObj(frame -> run.agreement(reference, frame))
                .toList();
        String json = PolicyPresets.toJson(kind);
        return new PolicyMeasures(
                name, json, time, bytes, tokens, same, nats, objectNats, keptAttention, objectError, kept);
    }

    /**
     * What was kept of one frame.
     *
     * @param frame number of the latent frame
     * @param shares share of layers and heads that hold a code, 0 to 1, by row and column
     */
    public record KeptFrame(long frame, double[][] shares) {}
}
