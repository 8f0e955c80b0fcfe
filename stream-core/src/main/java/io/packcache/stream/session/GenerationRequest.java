package io.packcache.stream.session;

import io.packcache.kvcache.CacheBudget;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.SamplingSettings;
import java.util.List;
import java.util.Objects;

/**
 * What to generate. Start from {@link VideoModel#request(String)}, which fills in the model's own defaults.
 *
 * @param prompt what the video shows
 * @param condition pictures the video begins with: one image, or a clip of {@code 1 + n * temporal factor} pictures; empty
 *     for text alone. They stay the caller's property and must live until the session has ended
 * @param latentFrames length of the whole video in latent frames, condition included; {@link #ENDLESS} for no end
 * @param seed same seed, model, policy and backend: the same frames
 * @param width width of the pictures in pixels
 * @param height height of the pictures in pixels
 * @param sampling how frames are decoded
 * @param cacheBudget hard limit of the cache of each guidance branch; a frame that does not fit fails with a
 *     {@link io.packcache.kvcache.CacheBudgetExceededException} as its cause, before anything is computed or written
 */
public record GenerationRequest(
        String prompt,
        List<VideoFrame> condition,
        long latentFrames,
        long seed,
        int width,
        int height,
        SamplingSettings sampling,
        CacheBudget cacheBudget) {

    /** A video that goes on until it is cancelled. */
    public static final long ENDLESS = Long.MAX_VALUE;

    public GenerationRequest {
        condition = List.copyOf(condition);
        Objects.requireNonNull(cacheBudget, "cacheBudget");
        if (prompt.isBlank()) {
            throw new IllegalArgumentException("the prompt is empty; say what the video shows");
        }
        if (latentFrames < 1) {
            throw new IllegalArgumentException("a video has at least 1 latent frame, got " + latentFrames);
        }
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture is at least 1 x 1 pixels, got " + width + " x " + height);
        }
    }

    public GenerationRequest withPrompt(String other) {
        return new GenerationRequest(other, condition, latentFrames, seed, width, height, sampling, cacheBudget);
    }

    public GenerationRequest withCondition(List<VideoFrame> other) {
        return new GenerationRequest(prompt, other, latentFrames, seed, width, height, sampling, cacheBudget);
    }

    public GenerationRequest withLatentFrames(long other) {
        return new GenerationRequest(prompt, condition, other, seed, width, height, sampling, cacheBudget);
    }

    public GenerationRequest withSeed(long other) {
        return new GenerationRequest(prompt, condition, latentFrames, other, width, height, sampling, cacheBudget);
    }

    public GenerationRequest withSize(int otherWidth, int otherHeight) {
        return new GenerationRequest(
                prompt, condition, latentFrames, seed, otherWidth, otherHeight, sampling, cacheBudget);
    }

    public GenerationRequest withSampling(SamplingSettings other) {
        return new GenerationRequest(prompt, condition, latentFrames, seed, width, height, other, cacheBudget);
    }

    public GenerationRequest withCacheBudget(CacheBudget other) {
        return new GenerationRequest(prompt, condition, latentFrames, seed, width, height, sampling, other);
    }
}
