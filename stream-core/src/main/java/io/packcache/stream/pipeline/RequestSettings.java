package io.packcache.stream.pipeline;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.session.GenerationDefaults;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import io.packcache.stream.spec.SettingException;
import java.util.List;

/**
 * The {@code request} of a pipeline file; fields left out are the model's own.
 *
 * @param prompt what the video shows
 * @param image file of the first picture; empty for text alone
 * @param seed same seed, model, policy and backend: the same pictures
 * @param latentFrames length in latent frames, at least 1
 * @param endless whether the video goes on until it is stopped, whatever {@code latentFrames} says
 * @param width width of the generated pictures in pixels
 * @param height height of the generated pictures in pixels
 * @param sampling how frames are decoded
 */
public record RequestSettings(
        String prompt,
        String image,
        long seed,
        long latentFrames,
        boolean endless,
        int width,
        int height,
        SamplingSettings sampling) {

    public RequestSettings {
        if (prompt.isBlank()) {
            throw new SettingException("prompt", "a request says in its prompt what the video shows");
        }
        SettingException.requireBetween("latentFrames", latentFrames, 1, Long.MAX_VALUE);
        SettingException.requireBetween("width", width, 1, Integer.MAX_VALUE);
        SettingException.requireBetween("height", height, 1, Integer.MAX_VALUE);
    }

    /** A request for {@code prompt} with a model's defaults and seed 1. */
    static RequestSettings of(String prompt, GenerationDefaults defaults) {
        return new RequestSettings(
                prompt,
                "",
                1,
                defaults.latentFrames(),
                false,
                defaults.width(),
                defaults.height(),
                defaults.sampling());
    }

    /**
     * The request as the model takes it.
     *
     * @param condition pictures the video begins with, of the video's size
     */
    public GenerationRequest on(VideoModel model, List<VideoFrame> condition) {
        return model.request(prompt)
                .withSeed(seed)
                .withLatentFrames(endless ? GenerationRequest.ENDLESS : latentFrames)
                .withSize(width, height)
                .withSampling(sampling)
                .withCondition(condition);
    }
}
