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
 * @param rewind latent frames that the session can go back, at least 0; it keeps a copy of its state, mostly of the caches,
 *     in memory for each, and makes one with each frame
 */
public record GenerationRequest(
        String prompt,
        List<VideoFrame> condition,
        long latentFrames,
        long seed,
        int width,
        int height,
        SamplingSettings sampling,
        CacheBudget cacheBudget,
        int rewind) {

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
        if (rewind < 0) {
            throw new IllegalArgumentException("a session goes back 0 latent frames or more, got " + rewind);
        }
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("a picture is at least 1 x 1 pixels, got " + width + " x " + height);
        }
    }

    public GenerationRequest withPrompt(String other) {
        return new GenerationRequest(
                other, condition, latentFrames, seed, width, height, sampling, cacheBudget, rewind);
    }

    public GenerationRequest withCondition(List<VideoFrame> other) {
        return new GenerationRequest(prompt, other, latentFrames, seed, width, height, sampling, cacheBudget, rewind);
    }

    public GenerationRequest withLatentFrames(long other) {
        return new GenerationRequest(prompt, condition, other, seed, width, height, sampling, cacheBudget, rewind);
    }

    public GenerationRequest withSeed(long other) {
        return new GenerationRequest(
                prompt, condition, latentFrames, other, width, height, sampling, cacheBudget, rewind);
    }

    public GenerationRequest withSize(int otherWidth, int otherHeight) {
        return new GenerationRequest(
                prompt, condition, latentFrames, seed, otherWidth, otherHeight, sampling, cacheBudget, rewind);
    }

    public GenerationRequest withSampling(SamplingSettings other) {
        return new GenerationRequest(prompt, condition, latentFrames, seed, width, height, other, cacheBudget, rewind);
    }

    public GenerationRequest withCacheBudget(CacheBudget other) {
        return new GenerationRequest(prompt, condition, latentFrames, seed, width, height, sampling, other, rewind);
    }

    /** Lets the session go back so many latent frames: more than are in flight between it and the viewer. */
    public GenerationRequest withRewind(int other) {
        return new GenerationRequest(
                prompt, condition, latentFrames, seed, width, height, sampling, cacheBudget, other);
    }
}
