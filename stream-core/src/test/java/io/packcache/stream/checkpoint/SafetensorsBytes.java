package io.packcache.stream.checkpoint;

import io.packcache.kvcache.compute.NumberFormat;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Builds safetensors files, whole or wrong, for tests. */
public final class SafetensorsBytes {

    private final List<String> entries = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    /** Adds float32 numbers. */
    public SafetensorsBytes floats(String name, float[] values, long... shape) {
        byte[] bytes = new byte[4 * values.length];
        littleEndian(bytes).asFloatBuffer().put(values);
        return raw(name, "F32", bytes, shape);
    }

    /** Adds the same numbers cut to bfloat16. */
    public SafetensorsBytes brains(String name, float[] values, long... shape) {
        return weights(name, "BF16", values, shape);
    }

    /** Adds the same numbers as F32, F16 or BF16, cut to what the type can hold. */
    public SafetensorsBytes weights(String name, String type, float[] values, long... shape) {
        if (type.equals("F32")) {
            return floats(name, values, shape);
        }
        NumberFormat format = type.equals("F16") ? NumberFormat.FLOAT16 : NumberFormat.BFLOAT16;
        byte[] bytes = new byte[2 * values.length];
        ByteBuffer view = littleEndian(bytes);
        for (float value : values) {
            view.putShort((short) format.narrow(value));
        }
        return raw(name, type, bytes, shape);
    }

    /** Adds 64-bit whole numbers. */
    public SafetensorsBytes longs(String name, long[] values, long... shape) {
        byte[] bytes = new byte[8 * values.length];
        littleEndian(bytes).asLongBuffer().put(values);
        return raw(name, "I64", bytes, shape);
    }

    /** Adds bytes as they are. */
    public SafetensorsBytes raw(String name, String type, byte[] bytes, long... shape) {
        int begin = data.size();
        data.writeBytes(bytes);
        entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(name, type, Arrays.toString(shape), begin, data.size()));
        return this;
    }

    /** The file. */
    public byte[] build() {
        return file("{" + String.join(",", entries) + "}", data.toByteArray());
    }

    /** A file with any header and any data. */
    public static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] file = new byte[8 + text.length + data.length];
        littleEndian(file).putLong(text.length).put(text).put(data);
        return file;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
