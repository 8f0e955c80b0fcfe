package io.packcache.examples.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.compute.NumberFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A safetensors file of random bfloat16 numbers: uniform around 0 and scaled so that a product keeps the size of its
 * input; 1 for the weights of norms and 0 for biases.
 */
final class RandomWeights {

    private static final int PIECE = 1 << 20;

    private RandomWeights() {}

    static long bytes(long[] shape) {
        long bytes = NumberFormat.BFLOAT16.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        return bytes;
    }

    static void write(Path file, Map<String, long[]> tensors, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (OutputStream out = Files.newOutputStream(file)) {
            writeHeader(out, tensors);
            for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
                writeNumbers(out, tensor.getKey(), tensor.getValue(), random);
            }
        }
    }

    private static void writeHeader(OutputStream out, Map<String, long[]> tensors) throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode header = json.createObjectNode();
        long at = 0;
        for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
            long end = at + bytes(tensor.getValue());
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", "BF16");
            entry.set("shape", json.valueToTree(tensor.getValue()));
            entry.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] text = json.writeValueAsBytes(header);
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .array());
        out.write(text);
    }

    private static void writeNumbers(OutputStream out, String name, long[] shape, SplittableRandom random)
            throws IOException {
        short[] values = values(name, shape);
        ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
        long left = bytes(shape) / NumberFormat.BFLOAT16.bytes();
        while (left > 0) {
            piece.clear();
            while (left > 0 && piece.remaining() >= Long.BYTES) {
                long bits = random.nextLong();
                for (int i = 0; i < 4 && left > 0; i++, left--) {
                    piece.putShort(values[(int) (bits >>> (16 * i)) & (values.length - 1)]);
                }
            }
            out.write(piece.array(), 0, piece.position());
        }
    }

    /** The values to draw from; as many as a power of two. */
    private static short[] values(String name, long[] shape) {
        if (shape.length == 1 || name.contains("norm")) {
            return new short[] {(short) NumberFormat.BFLOAT16.narrow(name.endsWith("weight") ? 1 : 0)};
        }
        double inputs = bytes(shape) / 2.0 / shape[0];
        double reach = Math.sqrt(3 / inputs);
        short[] values = new short[1 << 12];
        for (int i = 0; i < values.length; i++) {
            values[i] = (short) NumberFormat.BFLOAT16.narrow((float) ((2.0 * i / (values.length - 1) - 1) * reach));
        }
        return values;
    }
}
