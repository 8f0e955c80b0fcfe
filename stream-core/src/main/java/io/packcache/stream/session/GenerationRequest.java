package io.packcache.stream.session;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.SamplingSettings;
import java.util.List;

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
 */
public record GenerationRequest(
        String prompt,
        List<VideoFrame> condition,
        long latentFrames,
        long seed,
        int width,
        int height,
        SamplingSettings sampling) {

    /** A video that goes on until it is cancelled. */
    public static final long ENDLESS = Long.MAX_VALUE;

    public GenerationRequest {
        condition = List.copyOf(condition);
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
        return new GenerationRequest(other, condition, latentFrames, seed, width, height, sampling);
    }

    public GenerationRequest withCondition(List<VideoFrame> other) {
        return new GenerationRequest(prompt, other, latentFrames, seed, width, height, sampling);
    }

    public GenerationRequest withLatentFrames(long other) {
        return new GenerationRequest(prompt, condition, other, seed, width, height, sampling);
    }

    public GenerationRequest withSeed(long other) {
        return new GenerationRequest(prompt, condition, latentFrames, other, width, height, sampling);
    }

    public GenerationRequest withSize(int otherWidth, int otherHeight) {
        return new GenerationRequest(prompt, condition, latentFrames, seed, otherWidth, otherHeight, sampling);
    }

    public GenerationRequest withSampling(SamplingSettings other) {
        return new GenerationRequest(prompt, condition, latentFrames, seed, width, height, other);
    }
}
