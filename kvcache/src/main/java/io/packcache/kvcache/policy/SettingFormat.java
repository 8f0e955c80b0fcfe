package io.packcache.kvcache.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.packcache.kvcache.codec.Codecs;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How values of one type stand in JSON.
 *
 * @param allowed what a value must be, in words that follow "it must be"
 * @param reader the value of a node at a place; throws {@link IllegalArgumentException} if there is none
 * @param writer the node of a value
 */
record SettingFormat(String allowed, BiFunction<JsonNode, String, Object> reader, Function<Object, JsonNode> writer) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String WHOLE = "whole";
    private static final String FIT = "fit";
    private static final String FIT_BY_LAYER = "fit-by-layer";
    private static final String EVEN = "even";
    private static final String SCORED = "scored";

    private static final SettingFormat NUMBER =
            new SettingFormat("a number", (json, place) -> real(json), value -> JSON.numberNode((double) value));

    private static final SettingFormat COUNT = new SettingFormat(
            "a whole number, at least 1", (json, place) -> count(json), value -> JSON.numberNode((int) value));

    private static final SettingFormat QUOTA = new SettingFormat(
            "\"" + WHOLE + "\" or a number of tokens, at least 1",
            (json, place) -> WHOLE.equals(json.textValue()) ? Anchors.WHOLE : count(json),
            value -> (int) value == Anchors.WHOLE ? JSON.textNode(WHOLE) : JSON.numberNode((int) value));

    private static final SettingFormat FLAG = new SettingFormat(
            "true or false",
            (json, place) -> {
                require(json.isBoolean());
                return json.booleanValue();
            },
            value -> JSON.booleanNode((boolean) value));

    private static final SettingFormat COUNTS =
            new SettingFormat("a list of whole numbers", (json, place) -> counts(json), value -> list((List<?>) value));

    private static final SettingFormat CODEC = new SettingFormat(
            "\"" + String.join("\" or \"", Codecs.names()) + "\"",
            (json, place) -> {
                require(json.isTextual());
                return json.textValue();
            },
            value -> JSON.textNode((String) value));

    private static final SettingFormat AMOUNT = new SettingFormat(
            "a whole number, at least 0", (json, place) -> whole(json), value -> JSON.numberNode((long) value));

    private static final SettingFormat PATH = new SettingFormat(
            "the path of a directory, or \"\" for the system's temporary directory",
            (json, place) -> {
                require(json.isTextual());
                return Path.of(json.textValue());
            },
            value -> JSON.textNode(value.toString()));

    private static final SettingFormat CODECS = new SettingFormat(
            "a codec for all but the newest frame, or a list of codecs from the newest frame on: \"" + Encoded.RAW
                    + "\", \"" + String.join("\", \"", Codecs.names()) + "\"",
            (json, place) -> codecs(json),
            value -> names((List<?>) value));

    private static final SettingFormat DECAY = new SettingFormat(
            "a number above 0 and at most 1, \"" + FIT + "\" or \"" + FIT_BY_LAYER + "\"",
            (json, place) -> decay(json),
            value -> value instanceof Decay.Fixed fixed
                    ? JSON.numberNode(fixed.rho())
                    : JSON.textNode(value.equals(Decay.FIT) ? FIT : FIT_BY_LAYER));

    private static final SettingFormat WITHIN = new SettingFormat(
            "\"" + EVEN + "\", \"" + SCORED + "\" or a policy that scores tokens, by name or as an object",
            SettingFormat::withinFrame,
            value -> value instanceof WithinFrame.By by
                    ? Preset.shortest(by.policy())
                    : JSON.textNode(value.equals(WithinFrame.EVEN) ? EVEN : SCORED));

    /** The format of a component's type. */
    static SettingFormat of(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == int.class) {
            return component.isAnnotationPresent(Quota.class) ? QUOTA : COUNT;
        }
        if (type.isEnum()) {
            return choice(type);
        }
        if (type == List.class) {
            return component.getGenericType().getTypeName().contains("Integer") ? COUNTS : CODECS;
        }
        if (CompactionPolicy.class.isAssignableFrom(type)) {
            return policy(type.asSubclass(CompactionPolicy.class));
        }
        return fixed(type);
    }

    private static SettingFormat fixed(Class<?> type) {
        if (type == String.class) {
            return CODEC;
        } else if (type == long.class) {
            return AMOUNT;
        } else if (type == Path.class) {
            return PATH;
        } else if (type == double.class) {
            return NUMBER;
        } else if (type == boolean.class) {
            return FLAG;
        } else if (type == HistoryBudget.class) {
            return BudgetFormat.FORMAT;
        } else if (type == Decay.class) {
            return DECAY;
        } else if (type == WithinFrame.class) {
            return WITHIN;
        }
        throw new IllegalArgumentException("settings of type " + type.getName() + " have no form in JSON");
    }

    Object read(JsonNode json, String place) {
        return reader.apply(json, place);
    }

    JsonNode write(Object value) {
        return writer.apply(value);
    }

    private static SettingFormat choice(Class<?> type) {
        Object[] values = type.getEnumConstants();
        String allowed =
                Arrays.stream(values).map(value -> '"' + lower(value) + '"').collect(Collectors.joining(" or "));
        return new SettingFormat(
                allowed,
                (json, place) -> Arrays.stream(values)
                        .filter(value -> lower(value).equals(json.textValue()))
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new),
                value -> JSON.textNode(lower(value)));
    }

    private static SettingFormat policy(Class<? extends CompactionPolicy> type) {
        return new SettingFormat(
                (type == CompactionPolicy.class ? "a policy" : "a policy that scores tokens")
                        + ", by name or as an object",
                (json, place) -> Preset.read(json, place, type),
                value -> Preset.shortest((CompactionPolicy) value));
    }

    private static WithinFrame withinFrame(JsonNode json, String place) {
        if (EVEN.equals(json.textValue())) {
            return WithinFrame.EVEN;
        }
        return SCORED.equals(json.textValue())
                ? WithinFrame.SCORED
                : WithinFrame.by(Preset.read(json, place, ScoredPolicy.class));
    }

    private static Decay decay(JsonNode json) {
        if (FIT.equals(json.textValue())) {
            return Decay.FIT;
        }
        return FIT_BY_LAYER.equals(json.textValue()) ? Decay.FIT_BY_LAYER : Decay.of(real(json));
    }

    private static List<Integer> counts(JsonNode json) {
        require(json.isArray());
        List<Integer> counts = new ArrayList<>();
        json.forEach(element -> counts.add(count(element)));
        return counts;
    }

    private static JsonNode list(List<?> values) {
        ArrayNode list = JSON.arrayNode();
        values.forEach(value -> list.add((Integer) value));
        return list;
    }

    private static List<String> codecs(JsonNode json) {
        if (json.isTextual()) {
            return List.of(Encoded.RAW, json.textValue());
        }
        require(json.isArray());
        List<String> codecs = new ArrayList<>();
        json.forEach(element -> {
            require(element.isTextual());
            codecs.add(element.textValue());
        });
        return codecs;
    }

    private static JsonNode names(List<?> values) {
        ArrayNode list = JSON.arrayNode();
        values.forEach(value -> list.add((String) value));
        return list;
    }

    static double real(JsonNode json) {
        require(json.isNumber());
        return json.doubleValue();
    }

    static long whole(JsonNode json) {
        require(json.isIntegralNumber() && json.canConvertToLong());
        return json.longValue();
    }

    static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException();
        }
    }

    private static int count(JsonNode json) {
        return Math.toIntExact(whole(json));
    }

    private static String lower(Object value) {
        return ((Enum<?>) value).name().toLowerCase(Locale.ROOT);
    }
}
