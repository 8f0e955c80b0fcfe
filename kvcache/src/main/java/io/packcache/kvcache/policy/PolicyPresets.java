package io.packcache.kvcache.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** Names of all presets, {@code packcache} first. */
    public static List<String> names() {
        return Preset.all().stream().map(Preset::name).toList();
    }

    /** All presets, in the order of {@link #names}. */
    public static List<PolicyCard> cards() {
        return Preset.all().stream().map(PolicyCard::of).toList();
    }

    /**
     * The policy with this name and its default settings, or else the one in the JSON file of this name.
     *
     * <p>Parts are joined by a plus: {@code packcache+observed} lets the scores of the second decide within the frames of
     * the first; {@code packcache+int2} stores all but the newest frame with a codec.
     *
     * @throws PolicyFormatException if it is neither, or the file is not accepted
     */
    public static CompactionPolicy of(String nameOrFile) {
        if (nameOrFile.endsWith(".json")) {
            return read(Path.of(nameOrFile));
        }
        String[] parts = nameOrFile.split("\\+", -1);
        CompactionPolicy policy = named(parts[0]);
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            policy = Combination.of(policy, part, nameOrFile);
        }
        return policy;
    }

    static CompactionPolicy named(String name) {
        return Preset.all().stream()
                .filter(preset -> preset.name().equals(name))
                .findFirst()
                .map(Preset::defaults)
                .orElseThrow(() -> new PolicyFormatException(
                        "there is no policy \"" + name + "\"; name one of " + Preset.names() + ", or a .json file"));
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
        return Preset.read(object, "$", CompactionPolicy.class);
    }

    /**
     * Reads several policies from a JSON file: an object whose values are policies or their names.
     *
     * @return each policy by the name it has there, in the order of the file
     * @throws PolicyFormatException if the file cannot be read or is not accepted
     */
    public static Map<String, CompactionPolicy> study(Path file) {
        try {
            JsonNode json = tree(Files.readString(file));
            if (!json.isObject() || json.isEmpty()) {
                throw Preset.refused("$", json, "an object of policies by name", null);
            }
            Map<String, CompactionPolicy> policies = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> named : json.properties()) {
                JsonNode policy = named.getValue();
                policies.put(
                        named.getKey(),
                        policy.isTextual()
                                ? of(policy.textValue())
                                : Preset.read(policy, "$." + named.getKey(), CompactionPolicy.class));
            }
            return policies;
        } catch (IOException unreadable) {
            throw new PolicyFormatException("the study " + file + " cannot be read: " + unreadable, unreadable);
        } catch (PolicyFormatException refused) {
            throw new PolicyFormatException(file + ": " + refused.getMessage(), refused);
        }
    }

    /**
     * Writes all settings of a policy; {@link #parse} reads them back.
     *
     * @throws IllegalArgumentException if the policy is not one of the presets
     */
    public static String toJson(CompactionPolicy policy) {
        return Preset.write(policy).toPrettyString();
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
