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

    @Option(
            names = "--history-mask",
            paramLabel = "R",
            description = "Part of each stored frame that is masked, 0 to below 1. Default: the model's.")
    private Double historyMask;

    @Option(names = "--guidance", paramLabel = "G", description = "Weight of the text. Default: the model's.")
    private Double guidance;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "0 takes the most likely code, 1 draws as trained. Default: the model's.")
    private Double temperature;

    @Option(
            names = "--choice-every-frame",
            negatable = true,
            description =
                    "Start every frame with the noise in which codes are kept first; the published Lumos-1 code has it"
                            + " in the first generated frame only. Default: the model's.")
    private Boolean choiceEveryFrame;

    @Option(names = "--top-k", paramLabel = "K", description = "Next-token models: draw from the K likeliest codes.")
    private Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Next-token models: draw from the likeliest codes that cover P.")
    private Double topP;

    long seed() {
        return seed;
    }

    SamplingSettings over(SamplingSettings model) {
        SamplingSettings chosen = steps == null ? model : model.withSteps(steps);
        chosen = guidance == null ? chosen : chosen.withGuidance(guidance);
        chosen = temperature == null ? chosen : chosen.withTemperature(temperature);
        chosen = choiceEveryFrame == null ? chosen : chosen.withChoiceEveryFrame(choiceEveryFrame);
        chosen = topK == null ? chosen : chosen.withTopK(topK);
        chosen = historyMask == null ? chosen : chosen.withHistoryMaskRatio(historyMask);
        return topP == null ? chosen : chosen.withTopP(topP);
    }
}
