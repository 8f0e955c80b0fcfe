package io.packcache.stream.session;

import io.packcache.kvcache.CacheBudget;
import io.packcache.stream.model.SamplingSettings;
import java.util.List;

/**
 * What a saved session says in words; everything else in its file is numbers.
 *
 * @param prompt on air when it was saved
 * @param latentFrames length of the whole video
 * @param seed of the video
 * @param width of the pictures in pixels
 * @param height of the pictures in pixels
 * @param sampling how frames are decoded
 * @param budgetTokens hard limit of each branch's cache in tokens
 * @param budgetBytes the same in bytes
 * @param budgetFrames the same in latent frames; 0 for no bound, which JSON has no number for
 * @param rewind latent frames that the session can go back
 * @param number of the next latent frame
 * @param pts of its first picture
 * @param epoch that the next picture belongs to
 * @param generated frames since the last cut
 * @param decoded latent frames that the picture decoder has decoded since the last cut
 */
public record SessionRecord(
        String prompt,
        long latentFrames,
        long seed,
        int width,
        int height,
        SamplingSettings sampling,
        long budgetTokens,
        long budgetBytes,
        double budgetFrames,
        int rewind,
        long number,
        long pts,
        long epoch,
        long generated,
        int decoded) {

    static SessionRecord of(ClipRun.State state, long epoch) {
        GenerationRequest request = state.request();
        double frames = request.cacheBudget().frames();
        return new SessionRecord(
                request.prompt(),
                request.latentFrames(),
                request.seed(),
                request.width(),
                request.height(),
                request.sampling(),
                request.cacheBudget().tokens(),
                request.cacheBudget().bytes(),
                Double.isInfinite(frames) ? 0 : frames,
                request.rewind(),
                state.number(),
                state.pts(),
                epoch,
                state.decoder().frames(),
                state.pictures().latentFrame());
    }

    /** Without the conditioning pictures: they are in the caches. */
    GenerationRequest request() {
        double frames = budgetFrames == 0 ? Double.POSITIVE_INFINITY : budgetFrames;
        CacheBudget budget = new CacheBudget(budgetTokens, frames, budgetBytes);
        return new GenerationRequest(prompt, List.of(), latentFrames, seed, width, height, sampling, budget, rewind);
    }
}
