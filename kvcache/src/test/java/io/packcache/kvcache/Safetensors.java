package io.packcache.kvcache;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the fixtures: F32 and I64 tensors of one safetensors file on the class path. */
public final class Safetensors {

    private final ByteBuffer data;
    private final JsonNode header;

    public Safetensors(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            ByteBuffer file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            byte[] json = new byte[Math.toIntExact(file.getLong())];
            file.get(json);
            header = new ObjectMapper().readTree(new String(json, StandardCharsets.UTF_8));
            data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException unreadable) {
            throw new IllegalStateException("cannot read " + name, unreadable);
        }
    }

    public float[] floats(String name) {
        ByteBuffer bytes = bytes(name, "F32");
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }

    public int[] ints(String name) {
        ByteBuffer bytes = bytes(name, "I64");
        int[] ints = new int[bytes.remaining() / Long.BYTES];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Math.toIntExact(bytes.getLong());
        }
        return ints;
    }

    private ByteBuffer bytes(String name, String type) {
        JsonNode tensor = header.required(name);
        if (!type.equals(tensor.required("dtype").textValue())) {
            throw new IllegalArgumentException(name + " is not " + type);
        }
        int start = tensor.required("data_offsets").get(0).intValue();
        int end = tensor.required("data_offsets").get(1).intValue();
        return data.slice(start, end - start).order(ByteOrder.LITTLE_ENDIAN);
    }
}
