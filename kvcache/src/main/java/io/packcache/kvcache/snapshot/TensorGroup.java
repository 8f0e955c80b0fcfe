package io.packcache.kvcache.snapshot;

import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Arrays that are written together. They may lie elsewhere until then: {@link TensorFileWriter} reads one group after the
 * other and lets go of each, so that no more than one has to be in memory.
 *
 * @param forms what is known of each array before it is read, by name, in the order in which they are stored
 * @param read reads the arrays, by the same names
 */
public record TensorGroup(Map<String, Form> forms, Supplier<Map<String, Buffer>> read) {

    /**
     * Type and size of an array.
     *
     * @param type as safetensors names it
     * @param count numbers
     */
    public record Form(String type, int count) {

        static Form of(Buffer array) {
            return new Form(typeOf(array), array.remaining());
        }

        private static String typeOf(Buffer array) {
            if (array instanceof FloatBuffer) {
                return "F32";
            }
            return array instanceof IntBuffer ? "I32" : array instanceof LongBuffer ? "I64" : "U8";
        }

        /** Bytes of the array. */
        public long bytes() {
            return (long) count * (type.equals("I64") ? Long.BYTES : type.equals("U8") ? 1 : Integer.BYTES);
        }
    }

    /** Arrays that are in memory: byte, int, long and float buffers; their position is 0. */
    public static TensorGroup of(Map<String, Buffer> arrays) {
        Map<String, Form> forms = new LinkedHashMap<>();
        arrays.forEach((name, array) -> forms.put(name, Form.of(array)));
        return new TensorGroup(forms, () -> arrays);
    }

    /** The same with a prefix before every name. */
    public TensorGroup named(String prefix) {
        return new TensorGroup(prefixed(prefix, forms), () -> prefixed(prefix, read.get()));
    }

    /** Bytes of all arrays. */
    public long bytes() {
        return forms.values().stream().mapToLong(Form::bytes).sum();
    }

    private static <V> Map<String, V> prefixed(String prefix, Map<String, V> named) {
        Map<String, V> prefixed = new LinkedHashMap<>();
        named.forEach((name, value) -> prefixed.put(prefix + name, value));
        return prefixed;
    }
}
