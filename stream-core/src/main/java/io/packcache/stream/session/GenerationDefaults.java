package io.packcache.stream.session;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.JsonFields;
import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * What a model was trained for, and so generates unless asked otherwise: the content of {@code generation_config.json}.
 *
 * @param sampling how frames are decoded
 * @param fps pictures a second of the video, at least 1; also announced to the model
 * @param durationToken length in seconds announced to the model
 * @param latentFrames latent frames of a clip
 * @param promptTemplate text around the prompt; <code>{prompt}</code>, <code>{width}</code>, <code>{height}</code>,
 *     <code>{pictures}</code> and <code>{fps}</code> are replaced
 * @param width width of the pictures in pixels
 * @param height height of the pictures in pixels
 */
public record GenerationDefaults(
        SamplingSettings sampling,
        int fps,
        int durationToken,
        int latentFrames,
        String promptTemplate,
        int width,
        int height) {

    /** Name of the file in a model folder. */
    public static final String FILE = "generation_config.json";

    /** Written by other tools; they say nothing about video. */
    private static final Set<String> IGNORED = Set.of(
            "_from_model_config", "transformers_version", "bos_token_id", "eos_token_id", "pad_token_id", "do_sample");

    public GenerationDefaults {
        require(fps >= 1, "fps must be at least 1, got " + fps);
        require(durationToken >= 0, "duration_token must be 0 or more, got " + durationToken);
        require(latentFrames >= 1, "latent_frames must be at least 1, got " + latentFrames);
        require(width >= 1 && height >= 1, "width and height must be at least 1, got " + width + " x " + height);
        require(promptTemplate.contains("{prompt}"), "prompt_template must contain {prompt}, got: " + promptTemplate);
    }

    /** What the published Lumos-1 scripts use: two seconds of 448 x 256 at 12 pictures a second. */
    public static GenerationDefaults lumos() {
        String template = "Generate a video with a resolution of {width}x{height}, consisting of {pictures} frames"
                + " at {fps} frames per second, according to the following prompt:\n {prompt}";
        return new GenerationDefaults(SamplingSettings.defaults(), 12, 2, 7, template, 448, 256);
    }

    /**
     * Reads {@value #FILE} of a model folder; a folder without it gets {@link #lumos()}.
     *
     * @throws IOException if the file is unreadable, or has a missing, unknown or wrong field, naming it
     */
    public static GenerationDefaults read(Path folder) throws IOException {
        Path path = folder.resolve(FILE);
        if (!Files.exists(path)) {
            return lumos();
        }
        JsonFields fields = JsonFields.of(path);
        try {
            SamplingSettings sampling = new SamplingSettings(
                    fields.whole("steps", 1),
                    fields.real("guidance"),
                    fields.real("temperature"),
                    fields.real("choice_temperature"),
                    fields.real("history_mask_ratio"),
                    fields.flagOr(false, "choice_every_frame"));
            GenerationDefaults defaults = new GenerationDefaults(
                    sampling,
                    fields.whole("fps", 1),
                    fields.whole("duration_token", 0),
                    fields.whole("latent_frames", 1),
                    fields.text("prompt_template"),
                    fields.whole("width", 1),
                    fields.whole("height", 1));
            fields.refuseOthers(IGNORED);
            return defaults;
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(path + ": " + e.getMessage(), e);
        }
    }

    /** These settings as a {@value #FILE} that {@link #read} reads back as they are. */
    public String toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("steps", sampling.steps())
                .put("guidance", sampling.guidance())
                .put("temperature", sampling.temperature())
                .put("choice_temperature", sampling.choiceTemperature())
                .put("history_mask_ratio", sampling.historyMaskRatio())
                .put("choice_every_frame", sampling.choiceEveryFrame())
                .put("fps", fps)
                .put("duration_token", durationToken)
                .put("latent_frames", latentFrames)
                .put("prompt_template", promptTemplate)
                .put("width", width)
                .put("height", height)
                .toPrettyString();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
