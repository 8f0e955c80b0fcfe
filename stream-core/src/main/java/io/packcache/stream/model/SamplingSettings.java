package io.packcache.stream.model;

/**
 * How the codes of a latent frame are decoded. The defaults are those of the published Lumos-1 scripts.
 *
 * @param steps refinement steps of a frame, at least 1
 * @param guidance weight of the text: 1 is none beyond the model's own, larger obeys more
 * @param temperature divides the logits; 0 takes the most likely code, 1 samples as trained
 * @param choiceTemperature randomness, in nats, of which codes are kept first
 * @param historyMaskRatio share of a finished frame that is stored as MASK, 0 to less than 1
 */
public record SamplingSettings(
        int steps, double guidance, double temperature, double choiceTemperature, double historyMaskRatio) {

    public SamplingSettings {
        require(steps >= 1, "steps must be at least 1, got " + steps);
        require(guidance >= 0 && guidance < Double.POSITIVE_INFINITY, "guidance must be 0 or more, got " + guidance);
        require(
                temperature >= 0 && temperature < Double.POSITIVE_INFINITY,
                "temperature must be 0 or more, got " + temperature);
        require(
                choiceTemperature >= 0 && choiceTemperature < Double.POSITIVE_INFINITY,
                "choice temperature must be 0 or more, got " + choiceTemperature);
        require(
                historyMaskRatio >= 0 && historyMaskRatio < 1,
                "history mask ratio must be at least 0 and less than 1, got " + historyMaskRatio);
    }

    /** 50 steps, guidance 15, temperature 1, choice temperature 1, 70 % of the history stored as MASK. */
    public static SamplingSettings defaults() {
        return new SamplingSettings(50, 15, 1, 1, 0.7);
    }

    public SamplingSettings withSteps(int other) {
        return new SamplingSettings(other, guidance, temperature, choiceTemperature, historyMaskRatio);
    }

    public SamplingSettings withGuidance(double other) {
        return new SamplingSettings(steps, other, temperature, choiceTemperature, historyMaskRatio);
    }

    public SamplingSettings withTemperature(double other) {
        return new SamplingSettings(steps, guidance, other, choiceTemperature, historyMaskRatio);
    }

    public SamplingSettings withChoiceTemperature(double other) {
        return new SamplingSettings(steps, guidance, temperature, other, historyMaskRatio);
    }

    public SamplingSettings withHistoryMaskRatio(double other) {
        return new SamplingSettings(steps, guidance, temperature, choiceTemperature, other);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
