package io.packcache.stream.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyFormatException;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.stream.session.GenerationDefaults;
import io.packcache.stream.spec.SettingsFormatException;
import io.packcache.stream.spec.SettingsJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes pipeline files.
 *
 * <pre>{@code
 * {
 *   "model": "models/demo",
 *   "request": {"prompt": "a red circle moves right", "seed": 3},
 *   "policy": {"policy": "packcache", "window": 6},
 *   "operators": [{"operator": "pace", "fps": 12}],
 *   "sinks": [{"to": "red.mp4"}, {"to": "rtmp://host/live/key"}]
 * }
 * }</pre>
 *
 * <p>Unknown fields, wrong types and whatever a setting refuses are refused with the path of the field, what stands there
 * and what is right. {@code model}, {@code backend}, {@code policy} and {@code operators} may be left out.
 *
 * @param <S> settings of sinks
 * @param operators every operator there is, by name, with its default settings
 * @param sink default settings of a sink
 */
public record PipelineFormat<S extends Record>(Map<String, Record> operators, S sink) {

    static final String REQUEST = "$.request";
    private static final String DEFAULT_POLICY = "packcache";
    private static final List<String> FIELDS =
            List.of("model", "backend", "request", "resumeFrom", "policy", "operators", "sinks");

    public PipelineFormat {
        operators = Map.copyOf(operators);
    }

    /**
     * Reads a file.
     *
     * @throws SettingsFormatException if it cannot be read or is not accepted; the message names the file
     */
    public PipelineSpec<S> read(Path file) throws SettingsFormatException {
        return SettingsJson.inFile(file, this::parse);
    }

    /**
     * Reads JSON text.
     *
     * @throws SettingsFormatException if it is not accepted
     */
    public PipelineSpec<S> parse(String json) throws SettingsFormatException {
        ObjectNode root = object(SettingsJson.tree(json), "$");
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw new SettingsFormatException(
                        "$." + field.getKey() + " is no part of a pipeline; there are " + String.join(", ", FIELDS));
            }
        }
        Optional<String> resumeFrom = text(root, "resumeFrom");
        PipelineSpec<S> spec = new PipelineSpec<>(
                text(root, "model"),
                text(root, "backend"),
                resumeFrom.isPresent() ? noRequest(root) : object(root.path("request"), REQUEST),
                resumeFrom,
                policy(root.path("policy")),
                operators(root),
                sinks(root));
        if (resumeFrom.isEmpty()) {
            // Any model's defaults show what is wrong whatever the model; the real ones come once it is loaded.
            spec.request(GenerationDefaults.lumos());
        }
        return spec;
    }

    private static ObjectNode noRequest(ObjectNode root) throws SettingsFormatException {
        if (root.has("request")) {
            throw new SettingsFormatException(REQUEST
                    + " stands beside $.resumeFrom; a checkpoint says what was asked for, so leave one of them out");
        }
        return JsonNodeFactory.instance.objectNode();
    }

    private static Optional<String> text(ObjectNode root, String name) throws SettingsFormatException {
        JsonNode node = root.path(name);
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        if (!node.isTextual() || node.textValue().isBlank()) {
            throw wrong("$." + name, node, "a text in quotes");
        }
        return Optional.of(node.textValue());
    }

    private static CompactionPolicy policy(JsonNode node) throws SettingsFormatException {
        try {
            if (node.isMissingNode()) {
                return PolicyPresets.of(DEFAULT_POLICY);
            }
            return node.isTextual() ? PolicyPresets.of(node.textValue()) : PolicyPresets.parse(node.toString());
        } catch (PolicyFormatException e) {
            throw new SettingsFormatException("$.policy: " + e.getMessage(), e);
        }
    }

    private List<OperatorSpec> operators(ObjectNode root) throws SettingsFormatException {
        List<OperatorSpec> specs = new ArrayList<>();
        for (JsonNode node : array(root.path("operators"), "$.operators")) {
            String path = "$.operators[" + specs.size() + "]";
            ObjectNode object = object(node, path).deepCopy();
            JsonNode name = object.path("operator");
            Record defaults = operators.get(name.textValue() == null ? "" : name.textValue());
            if (defaults == null) {
                throw wrong(path + ".operator", name, "one of " + sorted(operators));
            }
            object.remove("operator");
            specs.add(new OperatorSpec(name.textValue(), SettingsJson.read(object, defaults, path), path));
        }
        return specs;
    }

    private List<SinkSpec<S>> sinks(ObjectNode root) throws SettingsFormatException {
        List<SinkSpec<S>> specs = new ArrayList<>();
        for (JsonNode node : array(root.path("sinks"), "$.sinks")) {
            String path = "$.sinks[" + specs.size() + "]";
            ObjectNode object = object(node, path).deepCopy();
            JsonNode to = object.path("to");
            if (!to.isTextual() || to.textValue().isBlank()) {
                throw wrong(path + ".to", to, "an address such as \"film.mp4\"");
            }
            object.remove("to");
            specs.add(new SinkSpec<>(to.textValue(), SettingsJson.read(object, sink, path), path));
        }
        if (specs.isEmpty()) {
            throw new SettingsFormatException(
                    "$.sinks is empty; a pipeline ends in at least one, such as {\"to\": \"film.mp4\"}");
        }
        return specs;
    }

    /** The pipeline as a file; {@link #parse} reads it back. */
    public String write(PipelineSpec<S> spec) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        spec.model().ifPresent(model -> root.put("model", model));
        spec.backend().ifPresent(backend -> root.put("backend", backend));
        spec.resumeFrom()
                .ifPresentOrElse(from -> root.put("resumeFrom", from), () -> root.set("request", spec.request()));
        root.set("policy", parsed(PolicyPresets.toJson(spec.policy())));
        ArrayNode operatorArray = root.putArray("operators");
        for (OperatorSpec operator : spec.operators()) {
            ObjectNode object = operatorArray.addObject().put("operator", operator.name());
            object.setAll((ObjectNode) parsed(SettingsJson.write(operator.settings())));
        }
        ArrayNode sinkArray = root.putArray("sinks");
        for (SinkSpec<S> target : spec.sinks()) {
            ObjectNode object = sinkArray.addObject().put("to", target.to());
            object.setAll((ObjectNode) parsed(SettingsJson.write(target.settings())));
        }
        return root.toPrettyString();
    }

    private static JsonNode parsed(String own) {
        try {
            return SettingsJson.tree(own);
        } catch (SettingsFormatException e) {
            throw new IllegalStateException("what was written here cannot be read", e);
        }
    }

    private static ObjectNode object(JsonNode node, String path) throws SettingsFormatException {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw wrong(path, node, "an object");
    }

    private static JsonNode array(JsonNode node, String path) throws SettingsFormatException {
        if (!node.isArray() && !node.isMissingNode()) {
            throw wrong(path, node, "a list");
        }
        return node;
    }

    private static SettingsFormatException wrong(String path, JsonNode found, String allowed) {
        String stands = found.isMissingNode() ? " is missing" : " is " + found;
        return new SettingsFormatException(path + stands + "; it must be " + allowed);
    }

    private static String sorted(Map<String, Record> known) {
        return String.join(", ", known.keySet().stream().sorted().toList());
    }
}
