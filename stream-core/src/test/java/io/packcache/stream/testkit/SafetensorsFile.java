package io.packcache.stream.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes float32 tensors as a safetensors file. */
public final class SafetensorsFile {

    private record Tensor(int[] shape, float[] values) {}

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** Adds a tensor, or replaces it. */
    public SafetensorsFile put(String name, float[] values, int... shape) {
        tensors.put(name, new Tensor(shape, values));
        return this;
    }

    /** Leaves a tensor out. */
    public SafetensorsFile without(String name) {
        tensors.remove(name);
        return this;
    }

    /** The values of a tensor. */
    public float[] values(String name) {
        return tensors.get(name).values();
    }

    /** Writes all tensors. */
    public void write(Path file) throws IOException {
        StringBuilder header = new StringBuilder("{");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        tensors.forEach((name, tensor) -> {
            int begin = data.size();
            ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(tensor.values());
            data.writeBytes(bytes.array());
            header.append(header.length() == 1 ? "" : ",")
                    .append('"')
                    .append(name)
                    .append("\":{\"dtype\":\"F32\",\"shape\":")
                    .append(Arrays.toString(tensor.shape()))
                    .append(",\"data_offsets\":[")
                    .append(begin)
                    .append(',')
                    .append(data.size())
                    .append("]}");
        });
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .array());
        all.writeBytes(json);
        data.writeTo(all);
        Files.write(file, all.toByteArray());
    }
}
