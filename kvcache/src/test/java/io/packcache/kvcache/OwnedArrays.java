package io.packcache.kvcache;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.Buffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks the heap from an object and adds up the primitive arrays it finds, each once. */
final class OwnedArrays {

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> left = new ArrayDeque<>();
    private final List<Class<?>> foreign;

    private OwnedArrays(List<Class<?>> foreign) {
        this.foreign = foreign;
    }

    /** @param foreign types whose objects belong to somebody else */
    static long bytes(Object root, Class<?>... foreign) {
        OwnedArrays walk = new OwnedArrays(List.of(foreign));
        walk.visit(root);
        long bytes = 0;
        while (!walk.left.isEmpty()) {
            bytes += walk.open(walk.left.pop());
        }
        return bytes;
    }

    private void visit(Object object) {
        boolean ours = object != null
                && !(object instanceof Class<?>
                        || object instanceof String
                        || object instanceof Enum<?>
                        || object instanceof Path) // whose iterator never comes to an end
                && foreign.stream().noneMatch(type -> type.isInstance(object));
        if (ours && seen.add(object)) {
            left.push(object);
        }
    }

    private long open(Object object) {
        Class<?> type = object.getClass();
        if (object instanceof BitSet bits) {
            return bits.size() / Byte.SIZE;
        }
        if (object instanceof Map<?, ?> map) {
            map.values().forEach(this::visit);
            return 0;
        }
        if (object instanceof Buffer buffer) {
            visit(buffer.array());
            return 0;
        }
        if (object instanceof Iterable<?> list) {
            list.forEach(this::visit);
            return 0;
        }
        if (type.isArray() && type.getComponentType().isPrimitive()) {
            return (long) Array.getLength(object) * width(type.getComponentType());
        }
        if (type.isArray()) {
            for (Object element : (Object[]) object) {
                visit(element);
            }
            return 0;
        }
        for (Class<?> level = type;
                level != null && level.getName().startsWith("io.packcache");
                level = level.getSuperclass()) {
            for (Field field : level.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    visit(value(field, object));
                }
            }
        }
        return 0;
    }

    private static Object value(Field field, Object object) {
        try {
            field.setAccessible(true);
            return field.get(object);
        } catch (IllegalAccessException hidden) {
            throw new IllegalStateException(hidden);
        }
    }

    private static int width(Class<?> primitive) {
        return primitive == long.class || primitive == double.class
                ? 8
                : primitive == int.class || primitive == float.class ? 4 : primitive == short.class ? 2 : 1;
    }
}
