package io.packcache.stream.session;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import io.packcache.stream.model.SamplingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** The one field a file may leave out. */
    private static final String CHOICE_EVERY_FRAME = "choice_every_frame";

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

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
        JsonNode file = StrictJson.parse(path);
        if (file instanceof ObjectNode fields && !fields.has(CHOICE_EVERY_FRAME)) {
            fields.put(CHOICE_EVERY_FRAME, false);
        }
        try {
            return JSON.treeToValue(file, Fields.class).toDefaults();
        } catch (JsonMappingException e) {
            throw new CheckpointException(path + ": at " + place(e) + ": " + e.getOriginalMessage(), e);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new CheckpointException(path + ": " + e.getMessage(), e);
        }
    }

    private static String place(JsonMappingException e) {
        StringBuilder path = new StringBuilder("$");
        e.getPath().forEach(step -> path.append('.').append(step.getFieldName()));
        return path.toString();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** The file, field by field. The ignored ones are written by other tools and say nothing about video. */
    @JsonIgnoreProperties({
        "_from_model_config",
        "transformers_version",
        "bos_token_id",
        "eos_token_id",
        "pad_token_id",
        "do_sample"
    })
    private record Fields(
            int steps,
            double guidance,
            double temperature,
            double choiceTemperature,
            double historyMaskRatio,
            boolean choiceEveryFrame,
            int fps,
            int durationToken,
            int latentFrames,
            String promptTemplate,
            int width,
            int height) {

        GenerationDefaults toDefaults() {
            SamplingSettings sampling = new SamplingSettings(
                    steps, guidance, temperature, choiceTemperature, historyMaskRatio, choiceEveryFrame);
            return new GenerationDefaults(sampling, fps, durationToken, latentFrames, promptTemplate, width, height);
        }
    }
}
