package io.packcache.stream.session;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.JsonFields;
import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a model was trained for, and so generates unless asked otherwise: the content of {@code generation_config.json}.
 *
 * @param sampling how frames are decoded
 * @param fps pictures a second of the video, at least 1; also announced to the model
 * @param durationToken length in seconds announced to the model
 * @param latentFrames latent frames of a clip
 * @param promptTemplate text around the prompt; <code>{prompt}</code>, <code>{width}</code>, <code>{height}</code>,
 *     <code>{pictures}</code>, <code>{frames}</code> (announced length times pictures a second) and <code>{fps}</code> are
 *     replaced
 * @param width width of the pictures in pixels
 * @param height height of the pictures in pixels
 * @param pictureGuidance weight of the text for a single picture, of a model that was trained on pictures as clips of one
 *     second at one picture a second; empty for a model that was not
 */
public record GenerationDefaults(
        SamplingSettings sampling,
        int fps,
        int durationToken,
        int latentFrames,
        String promptTemplate,
        int width,
        int height,
        OptionalDouble pictureGuidance) {

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

    /** Of a model that makes videos only. */
    public GenerationDefaults(
            SamplingSettings sampling,
            int fps,
            int durationToken,
            int latentFrames,
            String promptTemplate,
            int width,
            int height) {
        this(sampling, fps, durationToken, latentFrames, promptTemplate, width, height, OptionalDouble.empty());
    }

    /**
     * What the published Lumos-1 scripts use: two seconds of 448 x 256 at 12 pictures a second, a guidance of 16 for single
     * pictures.
     */
    public static GenerationDefaults lumos() {
        String template = "Generate a video with a resolution of {width}x{height}, consisting of {frames} frames"
                + " at {fps} frames per second, according to the following prompt:\n {prompt}";
        return new GenerationDefaults(SamplingSettings.defaults(), 12, 2, 7, template, 448, 256, OptionalDouble.of(16));
    }

    /**
     * Reads {@value #FILE} of a model folder; a folder without it gets {@link #lumos()}, and so does one with the file
     * that other tools write beside every language model, which says neither steps nor prompt.
     *
     * @throws IOException if the file is unreadable, or has a missing, unknown or wrong field, naming it
     */
    public static GenerationDefaults read(Path folder) throws IOException {
        Path path = folder.resolve(FILE);
        if (!Files.exists(path)) {
            return lumos();
        }
        JsonFields fields = JsonFields.of(path);
        if (!fields.has("steps") && !fields.has("prompt_template")) {
            return lumos();
        }
        try {
            SamplingSettings sampling = new SamplingSettings(
                    fields.whole("steps", 1),
                    fields.real("guidance"),
                    fields.real("temperature"),
                    fields.real("choice_temperature"),
                    fields.real("history_mask_ratio"),
                    fields.flagOr(false, "choice_every_frame"),
                    fields.wholeOr(0, "top_k", 0),
                    fields.realOr(1, "top_p"));
            GenerationDefaults defaults = new GenerationDefaults(
                    sampling,
                    fields.whole("fps", 1),
                    fields.whole("duration_token", 0),
                    fields.whole("latent_frames", 1),
                    fields.text("prompt_template"),
                    fields.whole("width", 1),
                    fields.whole("height", 1),
                    fields.has("picture_guidance")
                            ? OptionalDouble.of(fields.real("picture_guidance"))
                            : OptionalDouble.empty());
            fields.refuseOthers(IGNORED);
            return defaults;
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(path + ": " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a folder of a model type that has no defaults, unless {@value #FILE} says them.
     *
     * @throws CheckpointException if there is no such file
     */
    public static void requireStated(Path folder, String modelType) throws CheckpointException {
        if (!Files.exists(folder.resolve(FILE))) {
            throw new CheckpointException(folder + " holds no " + FILE + ", and a model of type " + modelType
                    + " has no defaults: it must say size, length and sampling");
        }
    }

    /**
     * Refuses a tokenizer that does not know the words which {@link #promptTemplate} puts around every prompt.
     *
     * @param folder of the model
     * @param encode turns a text into ids; throws {@link IllegalArgumentException} at a word it does not know
     * @throws CheckpointException naming the first such word
     */
    public void requireKnown(Path folder, Consumer<String> encode) throws CheckpointException {
        String around = text("", width, height, latentFrames, durationToken, fps);
        if (around.isBlank()) {
            return;
        }
        try {
            encode.accept(around);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(
                    folder.resolve("tokenizer.json") + " belongs to another model, or this one needs another "
                            + "prompt_template in " + FILE + " than \"" + promptTemplate.strip() + "\": "
                            + e.getMessage(),
                    e);
        }
    }

    /** What the model reads for a prompt: the template, its marks replaced. */
    String text(String prompt, int width, int height, long pictures, int duration, int fps) {
        return promptTemplate
                .replace("{frames}", Integer.toString(duration * fps))
                .replace("{width}", Integer.toString(width))
                .replace("{height}", Integer.toString(height))
                .replace("{pictures}", Long.toString(pictures))
                .replace("{fps}", Integer.toString(fps))
                .replace("{prompt}", prompt);
    }

    /** These settings as a {@value #FILE} that {@link #read} reads back as they are. */
    public String toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        pictureGuidance.ifPresent(guidance -> json.put("picture_guidance", guidance));
        return json.put("steps", sampling.steps())
                .put("guidance", sampling.guidance())
                .put("temperature", sampling.temperature())
                .put("choice_temperature", sampling.choiceTemperature())
                .put("history_mask_ratio", sampling.historyMaskRatio())
                .put("choice_every_frame", sampling.choiceEveryFrame())
                .put("top_k", sampling.topK())
                .put("top_p", sampling.topP())
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
