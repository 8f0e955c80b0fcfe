package io.packcache.stream.model;

import java.util.List;

/**
 * One clip to be generated, in the model's own terms.
 *
 * @param text token ids of the prompt
 * @param condition codes of the conditioning frames, row-major, one array per latent frame; empty for text alone
 * @param rows code rows of a frame
 * @param columns code columns of a frame
 * @param durationToken number announced to the model as the clip's length in seconds
 * @param framesPerSecond number announced to the model as its pictures a second
 * @param seed same seed, same frames
 * @param sampling how frames are decoded
 */
public record Clip(
        int[] text,
        List<int[]> condition,
        int rows,
        int columns,
        int durationToken,
        int framesPerSecond,
        long seed,
        SamplingSettings sampling) {

    public Clip {
        condition = List.copyOf(condition);
    }
}
