package io.packcache.stream.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.session.GenerationDefaults;
import io.packcache.stream.spec.SettingsFormatException;
import io.packcache.stream.spec.SettingsJson;
import java.util.List;
import java.util.Optional;

/**
 * A pipeline as its file describes it.
 *
 * @param <S> settings of sinks
 * @param model folder of the model; empty for whatever the program ships
 * @param backend name of the compute backend; empty for the best that runs here
 * @param request the request as JSON, empty when resumed; its defaults are the model's, see
 *     {@link #request(GenerationDefaults)}
 * @param resumeFrom checkpoint, or directory of checkpoints, that the video goes on from; empty for a video from its start
 * @param policy what the cache keeps
 * @param operators what frames and pictures pass through, in order
 * @param sinks where pictures go, at least one
 */
public record PipelineSpec<S extends Record>(
        Optional<String> model,
        Optional<String> backend,
        ObjectNode request,
        Optional<String> resumeFrom,
        CompactionPolicy policy,
        List<OperatorSpec> operators,
        List<SinkSpec<S>> sinks) {

    public PipelineSpec {
        operators = List.copyOf(operators);
        sinks = List.copyOf(sinks);
    }

    /**
     * The request with a model's defaults for what the file leaves out.
     *
     * @throws SettingsFormatException if the two do not go together, with the path of the field
     */
    public RequestSettings request(GenerationDefaults defaults) throws SettingsFormatException {
        JsonNode prompt = request.path("prompt");
        if (prompt.isMissingNode()) {
            throw new SettingsFormatException(
                    PipelineFormat.REQUEST + ".prompt is missing; it must be a text that says what the video shows");
        }
        // A blank prompt, or one that is no text, is refused where the fields are read; until then any text stands for
        // it.
        return SettingsJson.read(request, RequestSettings.of("-", defaults), PipelineFormat.REQUEST);
    }
}
