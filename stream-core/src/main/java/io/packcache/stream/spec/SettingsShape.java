package io.packcache.stream.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How each type that a settings record may hold stands in JSON, read and written by what the record declares. */
final class SettingsShape {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int SHOWN = 80;

    private SettingsShape() {}

    // ---- Reading ----

    static <R extends Record> R read(JsonNode json, R defaults, String path) throws SettingsFormatException {
        if (!json.isObject()) {
            throw wrong(path, json, "an object");
        }
        @SuppressWarnings("unchecked")
        Class<R> type = (Class<R>) defaults.getClass();
        RecordComponent[] components = type.getRecordComponents();
        refuseUnknown(json, components, path);
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            JsonNode given = json.get(components[i].getName());
            Object standing = get(components[i], defaults);
            values[i] = given == null ? standing : value(given, standing, path + "." + components[i].getName());
        }
        return make(type, components, values, path);
    }

    private static void refuseUnknown(JsonNode json, RecordComponent[] components, String path)
            throws SettingsFormatException {
        List<String> known =
                Arrays.stream(components).map(RecordComponent::getName).toList();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!known.contains(field.getKey())) {
                throw new SettingsFormatException(
                        path + "." + field.getKey() + " is no setting; there are " + String.join(", ", known));
            }
        }
    }

    private static Object value(JsonNode json, Object standing, String path) throws SettingsFormatException {
        if (standing instanceof Record record) {
            return read(json, record, path);
        }
        if (standing instanceof Integer) {
            return require(json.isInt(), json.intValue(), path, json, "a whole number");
        }
        if (standing instanceof Long) {
            boolean whole = json.isIntegralNumber() && json.canConvertToLong();
            return require(whole, json.longValue(), path, json, "a whole number");
        }
        if (standing instanceof Double) {
            return require(json.isNumber(), json.doubleValue(), path, json, "a number");
        }
        if (standing instanceof Boolean) {
            return require(json.isBoolean(), json.booleanValue(), path, json, "true or false");
        }
        if (standing instanceof Enum<?> choice) {
            return choice(json, choice.getDeclaringClass(), path);
        }
        if (standing instanceof Duration) {
            return duration(json, path);
        }
        if (standing instanceof Map<?, ?>) {
            return texts(json, path);
        }
        return require(json.isTextual(), json.textValue(), path, json, "a text in quotes");
    }

    private static Object choice(JsonNode json, Class<?> type, String path) throws SettingsFormatException {
        for (Object constant : type.getEnumConstants()) {
            if (name(constant).equals(json.textValue())) {
                return constant;
            }
        }
        throw wrong(
                path,
                json,
                Arrays.stream(type.getEnumConstants())
                        .map(constant -> '"' + name(constant) + '"')
                        .collect(Collectors.joining(" or ")));
    }

    private static Duration duration(JsonNode json, String path) throws SettingsFormatException {
        try {
            return Duration.parse("PT" + json.textValue());
        } catch (DateTimeParseException e) {
            throw wrong(path, json, "a duration such as \"0.5s\", \"2s\", \"5m\" or \"1h\"");
        }
    }

    private static Map<String, String> texts(JsonNode json, String path) throws SettingsFormatException {
        if (!json.isObject()) {
            throw wrong(path, json, "an object of texts");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            JsonNode text = entry.getValue();
            texts.put(
                    entry.getKey(),
                    require(text.isTextual(), text.textValue(), path + "." + entry.getKey(), text, "a text in quotes"));
        }
        return texts;
    }

    private static <V> V require(boolean holds, V value, String path, JsonNode found, String allowed)
            throws SettingsFormatException {
        if (!holds) {
            throw wrong(path, found, allowed);
        }
        return value;
    }

    private static SettingsFormatException wrong(String path, JsonNode found, String allowed) {
        String text = found.toString();
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
        return new SettingsFormatException(path + " is " + shown + "; it must be " + allowed);
    }

    // ---- Writing ----

    static ObjectNode write(Record settings) {
        ObjectNode json = JSON.objectNode();
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
            json.set(component.getName(), node(get(component, settings)));
        }
        return json;
    }

    private static JsonNode node(Object value) {
        if (value instanceof Record record) {
            return write(record);
        }
        if (value instanceof Integer number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Long number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Double number) {
            return JSON.numberNode(number);
        }
        if (value instanceof Boolean flag) {
            return JSON.booleanNode(flag);
        }
        if (value instanceof Enum<?> choice) {
            return JSON.textNode(name(choice));
        }
        if (value instanceof Duration duration) {
            return JSON.textNode(duration.toString().substring(2).toLowerCase(Locale.ROOT));
        }
        if (value instanceof Map<?, ?> texts) {
            ObjectNode json = JSON.objectNode();
            texts.forEach((key, text) -> json.put((String) key, (String) text));
            return json;
        }
        return JSON.textNode((String) value);
    }

    private static String name(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    // ---- Records ----

    private static <R extends Record> R make(Class<R> type, RecordComponent[] components, Object[] values, String path)
            throws SettingsFormatException {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SettingException refused) {
                throw new SettingsFormatException(path + "." + refused.field() + ": " + refused.getMessage(), refused);
            }
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw new SettingsFormatException(path + ": " + refused.getMessage(), refused);
            }
            throw new IllegalStateException("the constructor of " + type.getName() + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw notPublic(type, e);
        }
    }

    private static Object get(RecordComponent component, Record settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw notPublic(settings.getClass(), e);
        }
    }

    private static IllegalArgumentException notPublic(Class<?> type, ReflectiveOperationException e) {
        return new IllegalArgumentException("settings are public records, " + type.getName() + " is none", e);
    }
}
