package io.packcache.kvcache.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One setting of a policy as a JSON field.
 *
 * @param name field name
 * @param allowed what a value must be, in words that follow "it must be"
 * @param read a copy of the policy with this value; throws {@link IllegalArgumentException} if it is not allowed
 * @param write the value in this policy
 */
record Setting<P>(String name, String allowed, BiFunction<P, JsonNode, P> read, Function<P, JsonNode> write) {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String WHOLE = "whole";
    private static final String AUTO = "auto";
    private static final String FRAMES = "frames";
    private static final String TOKENS = "tokens";
    private static final String BYTES = "bytes";

    static <P> Setting<P> number(String name, String allowed, BiFunction<P, Double, P> with, Function<P, Double> get) {
        return new Setting<>(
                name,
                "a number " + allowed,
                (policy, json) -> with.apply(policy, real(json)),
                policy -> JSON.numberNode(get.apply(policy)));
    }

    static <P> Setting<P> count(String name, String allowed, BiFunction<P, Integer, P> with, Function<P, Integer> get) {
        return new Setting<>(
                name,
                "a whole number, " + allowed,
                (policy, json) -> with.apply(policy, Math.toIntExact(whole(json))),
                policy -> JSON.numberNode(get.apply(policy)));
    }

    static <P> Setting<P> quota(String name, BiFunction<P, Integer, P> with, Function<P, Integer> get) {
        return new Setting<>(
                name,
                "\"" + WHOLE + "\" or a number of tokens, at least 1",
                (policy, json) -> with.apply(
                        policy, WHOLE.equals(json.textValue()) ? PackCache.WHOLE : Math.toIntExact(whole(json))),
                policy -> get.apply(policy) == PackCache.WHOLE
                        ? JSON.textNode(WHOLE)
                        : JSON.numberNode(get.apply(policy)));
    }

    static <P> Setting<P> flag(String name, BiFunction<P, Boolean, P> with, Function<P, Boolean> get) {
        return new Setting<>(
                name,
                "true or false",
                (policy, json) -> {
                    require(json.isBoolean());
                    return with.apply(policy, json.booleanValue());
                },
                policy -> JSON.booleanNode(get.apply(policy)));
    }

    static <P, E extends Enum<E>> Setting<P> choice(
            String name, Class<E> values, BiFunction<P, E, P> with, Function<P, E> get) {
        String allowed = Arrays.stream(values.getEnumConstants())
                .map(value -> '"' + lower(value) + '"')
                .collect(Collectors.joining(" or "));
        return new Setting<>(
                name,
                allowed,
                (policy, json) -> {
                    for (E value : values.getEnumConstants()) {
                        if (lower(value).equals(json.textValue())) {
                            return with.apply(policy, value);
                        }
                    }
                    throw new IllegalArgumentException();
                },
                policy -> JSON.textNode(lower(get.apply(policy))));
    }

    static <P> Setting<P> historyBudget(BiFunction<P, HistoryBudget, P> with, Function<P, HistoryBudget> get) {
        return new Setting<>(
                "historyBudget",
                "\"auto\", {\"frames\": a number above 0}, {\"tokens\": a whole number, at least 1}"
                        + " or {\"bytes\": a whole number, at least 1}",
                (policy, json) -> with.apply(policy, budget(json)),
                policy -> json(get.apply(policy)));
    }

    private static HistoryBudget budget(JsonNode json) {
        if (AUTO.equals(json.textValue())) {
            return new HistoryBudget.Auto();
        }
        require(json.isObject() && json.size() == 1);
        if (json.has(FRAMES)) {
            return new HistoryBudget.Frames(real(json.get(FRAMES)));
        }
        return json.has(BYTES)
                ? new HistoryBudget.Bytes(whole(json.get(BYTES)))
                : new HistoryBudget.Tokens(whole(json.path(TOKENS)));
    }

    private static JsonNode json(HistoryBudget budget) {
        if (budget instanceof HistoryBudget.Frames fixed) {
            return JSON.objectNode().put(FRAMES, fixed.frames());
        }
        if (budget instanceof HistoryBudget.Tokens fixed) {
            return JSON.objectNode().put(TOKENS, fixed.tokens());
        }
        if (budget instanceof HistoryBudget.Bytes fixed) {
            return JSON.objectNode().put(BYTES, fixed.bytes());
        }
        return JSON.textNode(AUTO);
    }

    private static double real(JsonNode json) {
        require(json.isNumber());
        return json.doubleValue();
    }

    private static long whole(JsonNode json) {
        require(json.isIntegralNumber() && json.canConvertToLong());
        return json.longValue();
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException();
        }
    }
}
