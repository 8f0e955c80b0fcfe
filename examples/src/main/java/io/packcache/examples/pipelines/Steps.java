package io.packcache.examples.pipelines;

import io.packcache.media.SinkSettings;
import io.packcache.operators.reactor.PackcacheFlux;
import io.packcache.stream.flow.AdaptiveBudgetSettings;
import io.packcache.stream.flow.CheckpointSettings;
import io.packcache.stream.flow.DriftSettings;
import io.packcache.stream.pipeline.OperatorSpec;
import io.packcache.stream.pipeline.PipelineFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every operator that a pipeline file may name, by its name in {@link PackcacheFlux}: its default settings, and the operator
 * they make. What needs something of a running program, a source of prompts, a pause control, a registry of meters, is for
 * code alone.
 */
final class Steps {

    private record Known<S extends Record>(S defaults, Class<S> type, Function<S, Step> make) {

        Step step(Record settings) {
            return make.apply(type.cast(settings));
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Steps.class);

    private static final Map<String, Known<?>> KNOWN = new LinkedHashMap<>();

    static {
        know(
                "pace",
                PaceStep.DEFAULTS,
                PaceStep.class,
                pace -> new Step.OnPictures(PackcacheFlux.pace(pace.settings())));
        know(
                "driftMeter",
                DriftSettings.DEFAULTS,
                DriftSettings.class,
                drift -> new Step.OnFrames(PackcacheFlux.driftMeter(
                        drift, picture -> {}, seen -> LOG.warn("the pictures drift: {}", seen))));
        know(
                "adaptiveBudget",
                AdaptiveBudgetSettings.of(12),
                AdaptiveBudgetSettings.class,
                budget -> new Step.Compaction(policy ->
                        PackcacheFlux.adaptiveBudget(policy, budget, change -> LOG.info("cache budget: {}", change))));
        know(
                "checkpointEvery",
                CheckpointSettings.every(24, "checkpoints"),
                CheckpointSettings.class,
                checkpoint -> new Step.OnFrames(PackcacheFlux.checkpointEvery(
                        checkpoint,
                        (file, frame, reason) ->
                                LOG.warn("no checkpoint {} of latent frame {}: {}", file, frame, reason.toString()))));
        know(
                "boundedQueue",
                QueueStep.DEFAULTS,
                QueueStep.class,
                queue -> new Step.OnPictures(PackcacheFlux.boundedQueue(queue.capacity(), queue.overflow())));
    }

    private Steps() {}

    private static <S extends Record> void know(String name, S defaults, Class<S> type, Function<S, Step> make) {
        KNOWN.put(name, new Known<>(defaults, type, make));
    }

    /** The format of pipeline files that name these operators and the sinks of media-io. */
    static PipelineFormat<SinkSettings> format(SinkSettings sink) {
        Map<String, Record> defaults = new LinkedHashMap<>();
        KNOWN.forEach((name, known) -> defaults.put(name, known.defaults()));
        return new PipelineFormat<>(defaults, sink);
    }

    static Step of(OperatorSpec spec) {
        return KNOWN.get(spec.name()).step(spec.settings());
    }
}
