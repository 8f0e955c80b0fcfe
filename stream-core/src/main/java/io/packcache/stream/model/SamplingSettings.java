package io.packcache.stream.model;

/**
 * How the codes of a latent frame are decoded. The defaults are those of the published Lumos-1 scripts.
 *
 * @param steps refinement steps of a frame, at least 1
 * @param guidance weight of the text: {@code unguided + guidance * (guided - unguided)}; 1 is none beyond the model's own
 *     and needs no unguided branch, larger obeys more
 * @param temperature divides the logits; 0 takes the most likely code, 1 samples as trained
 * @param choiceTemperature randomness, in nats, of which codes are kept first; shrinks to 0 over the steps of a frame
 * @param historyMaskRatio share of a finished frame that is stored as MASK, 0 to less than 1; as the model was trained
 * @param choiceEveryFrame true starts every frame with {@code choiceTemperature}; false does as the published code does,
 *     where it stays at 0 after the first generated frame
 * @param topK next-token models draw from this many most likely codes; 0 from all
 * @param topP next-token models draw from the most likely codes that together have this probability, above 0 to 1
 */
public record SamplingSettings(
        int steps,
        double guidance,
        double temperature,
        double choiceTemperature,
        double historyMaskRatio,
        boolean choiceEveryFrame,
        int topK,
        double topP) {

    public SamplingSettings {
        require(topK >= 0, "top k must be 0 for all codes or more, got " + topK);
        require(topP > 0 && topP <= 1, "top p must be above 0 and at most 1, got " + topP);
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

    /** With the choice temperature of the published code: it stays at 0 after the first generated frame. */
    public SamplingSettings(
            int steps, double guidance, double temperature, double choiceTemperature, double historyMaskRatio) {
        this(steps, guidance, temperature, choiceTemperature, historyMaskRatio, false);
    }

    /** With every code to draw from. */
    public SamplingSettings(
            int steps,
            double guidance,
            double temperature,
            double choiceTemperature,
            double historyMaskRatio,
            boolean choiceEveryFrame) {
        this(steps, guidance, temperature, choiceTemperature, historyMaskRatio, choiceEveryFrame, 0, 1);
    }

    /** 50 steps, guidance 15, temperature 1, choice temperature 1, 70 % of the history stored as MASK. */
    public static SamplingSettings defaults() {
        return new SamplingSettings(50, 15, 1, 1, 0.7);
    }

    /** Whether an unguided branch is needed. */
    public boolean guided() {
        return guidance != 1;
    }

    public SamplingSettings withSteps(int other) {
        return new SamplingSettings(
                other, guidance, temperature, choiceTemperature, historyMaskRatio, choiceEveryFrame, topK, topP);
    }

    public SamplingSettings withGuidance(double other) {
        return new SamplingSettings(
                steps, other, temperature, choiceTemperature, historyMaskRatio, choiceEveryFrame, topK, topP);
    }

    public SamplingSettings withTemperature(double other) {
        return new SamplingSettings(
                steps, guidance, other, choiceTemperature, historyMaskRatio, choiceEveryFrame, topK, topP);
    }

    public SamplingSettings withChoiceTemperature(double other) {
        return new SamplingSettings(
                steps, guidance, temperature, other, historyMaskRatio, choiceEveryFrame, topK, topP);
    }

    public SamplingSettings withHistoryMaskRatio(double other) {
        return new SamplingSettings(
                steps, guidance, temperature, choiceTemperature, other, choiceEveryFrame, topK, topP);
    }

    public SamplingSettings withChoiceEveryFrame(boolean other) {
        return new SamplingSettings(
                steps, guidance, temperature, choiceTemperature, historyMaskRatio, other, topK, topP);
    }

    public SamplingSettings withTopK(int other) {
        return new SamplingSettings(
                steps, guidance, temperature, choiceTemperature, historyMaskRatio, choiceEveryFrame, other, topP);
    }

    public SamplingSettings withTopP(double other) {
        return new SamplingSettings(
                steps, guidance, temperature, choiceTemperature, historyMaskRatio, choiceEveryFrame, topK, other);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
