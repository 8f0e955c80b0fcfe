package io.packcache.kvcache.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Policies by name or from JSON such as {@code {"policy": "packcache", "rho": 0.5, "window": 6}}.
 *
 * <p>Fields left out keep their defaults. Unknown fields, wrong types and values out of range are refused with the path of
 * the field, its value and what is allowed.
 */
public final class PolicyPresets {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private PolicyPresets() {}

    /** Names of all presets: {@code packcache}, {@code window}, {@code full}. */
    public static List<String> names() {
        return Preset.ALL.stream().map(Preset::name).toList();
    }

    /**
     * The policy with this name and its default settings, or else the one in the JSON file of this name.
     *
     * @throws PolicyFormatException if it is neither, or the file is not accepted
     */
    public static CompactionPolicy of(String nameOrFile) {
        if (names().contains(nameOrFile)) {
            return preset(nameOrFile).defaults();
        }
        if (!nameOrFile.endsWith(".json")) {
            throw new PolicyFormatException("there is no policy \"" + nameOrFile + "\"; name one of "
                    + String.join(", ", names()) + ", or a .json file");
        }
        return read(Path.of(nameOrFile));
    }

    /**
     * Reads a policy from a JSON file.
     *
     * @throws PolicyFormatException if the file cannot be read or is not accepted
     */
    public static CompactionPolicy read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException unreadable) {
            throw new PolicyFormatException("the policy file " + file + " cannot be read: " + unreadable, unreadable);
        } catch (PolicyFormatException refused) {
            throw new PolicyFormatException(file + ": " + refused.getMessage(), refused);
        }
    }

    /**
     * Reads a policy from JSON text.
     *
     * @throws PolicyFormatException if the text is not accepted
     */
    public static CompactionPolicy parse(String text) {
        JsonNode json = tree(text);
        if (!(json instanceof ObjectNode object)) {
            throw Preset.refused("$", json, "an object such as {\"policy\": \"packcache\"}", null);
        }
        JsonNode name = object.path(Preset.POLICY);
        if (name instanceof MissingNode) {
            throw new PolicyFormatException("$.policy is missing; it must be one of " + String.join(", ", names()));
        }
        if (!name.isTextual() || !names().contains(name.textValue())) {
            throw Preset.refused("$.policy", name, "one of " + String.join(", ", names()), null);
        }
        return preset(name.textValue()).read(object);
    }

    /**
     * Writes all settings of a policy; {@link #parse} reads them back.
     *
     * @throws IllegalArgumentException if the policy is not one of the presets
     */
    public static String toJson(CompactionPolicy policy) {
        return Preset.ALL.stream()
                .filter(preset -> preset.type().isInstance(policy))
                .findFirst()
                .map(preset -> preset.write(policy).toPrettyString())
                .orElseThrow(() -> new IllegalArgumentException("only the policies " + String.join(", ", names())
                        + " can be written as JSON, got " + policy.getClass().getName()));
    }

    private static Preset<?> preset(String name) {
        return Preset.ALL.stream()
                .filter(preset -> preset.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode tree(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new PolicyFormatException(
                    "the policy is not JSON: " + broken.getOriginalMessage() + " (line "
                            + broken.getLocation().getLineNr() + ", column "
                            + broken.getLocation().getColumnNr() + ")",
                    broken);
        }
    }
}
