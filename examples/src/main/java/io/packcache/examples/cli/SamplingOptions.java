package io.packcache.examples.cli;

import io.packcache.stream.model.SamplingSettings;
import picocli.CommandLine.Option;

/** How frames are decoded; what is not given is the model's own. */
final class SamplingOptions {

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Same seed, same pictures. Default: 1.")
    private long seed;

    @Option(names = "--steps", paramLabel = "N", description = "Refinement steps of a frame. Default: the model's.")
    private Integer steps;

    @Option(names = "--guidance", paramLabel = "G", description = "Weight of the text. Default: the model's.")
    private Double guidance;

    long seed() {
        return seed;
    }

    SamplingSettings over(SamplingSettings model) {
        SamplingSettings chosen = steps == null ? model : model.withSteps(steps);
        return guidance == null ? chosen : chosen.withGuidance(guidance);
    }
}
