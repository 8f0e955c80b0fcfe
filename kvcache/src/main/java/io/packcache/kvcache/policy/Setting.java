package io.packcache.kvcache.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One setting of a policy as a JSON field: a component of the policy's record, or of a record that groups some of them,
 * whose fields stand beside the others in JSON.
 *
 * @param path components from the policy down to the value
 * @param format how its type is read and written
 */
record Setting(List<RecordComponent> path, SettingFormat format) {

    /** The settings of a policy, in the order of its components. */
    static List<Setting> of(Class<?> policy) {
        List<Setting> settings = new ArrayList<>();
        collect(policy, List.of(), settings);
        return settings;
    }

    /** Name of the JSON field. */
    String name() {
        return last().getName();
    }

    /** Whether it is one of those that all policies that score tokens have. */
    boolean shared() {
        return path.get(0).getType() == Keeping.class;
    }

    /** What a value must be, in words that follow "it must be". */
    String allowed() {
        Allowed said = last().getAnnotation(Allowed.class);
        return said == null ? format.allowed() : said.value();
    }

    /** The value in this policy. */
    JsonNode write(CompactionPolicy policy) {
        Object value = policy;
        for (RecordComponent component : path) {
            value = get(component, value);
        }
        return format.write(value);
    }

    /**
     * A copy of the policy with this value.
     *
     * @param place JSON path of the value, for what is refused inside it
     * @throws IllegalArgumentException if the value is not allowed
     */
    <P extends CompactionPolicy> P read(P policy, JsonNode value, String place) {
        @SuppressWarnings("unchecked")
        P copy = (P) with(policy, 0, format.read(value, place));
        return copy;
    }

    private RecordComponent last() {
        return path.get(path.size() - 1);
    }

    private Object with(Object group, int depth, Object value) {
        RecordComponent changed = path.get(depth);
        Object inner = depth == path.size() - 1 ? value : with(get(changed, group), depth + 1, value);
        RecordComponent[] components = group.getClass().getRecordComponents();
        Object[] arguments = Arrays.stream(components)
                .map(component -> component.getName().equals(changed.getName()) ? inner : get(component, group))
                .toArray();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = group.getClass().getDeclaredConstructor(types);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException refused) {
            throw refused.getCause() instanceof RuntimeException own ? own : new IllegalStateException(refused);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void collect(Class<?> type, List<RecordComponent> above, List<Setting> settings) {
        for (RecordComponent component : type.getRecordComponents()) {
            List<RecordComponent> path = new ArrayList<>(above);
            path.add(component);
            if (component.getType().isRecord()) {
                collect(component.getType(), path, settings);
            } else {
                settings.add(new Setting(List.copyOf(path), SettingFormat.of(component)));
            }
        }
    }

    private static Object get(RecordComponent component, Object from) {
        try {
            return component.getAccessor().invoke(from);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
