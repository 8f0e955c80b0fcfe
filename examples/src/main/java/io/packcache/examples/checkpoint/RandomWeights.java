package io.packcache.examples.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.stream.checkpoint.ElementType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A safetensors file of random numbers of one format: uniform around 0 and scaled so that a product keeps the size of its
 * input; 1 for the weights of norms and 0 for biases.
 */
final class RandomWeights {

    private static final int PIECE = 1 << 20;

    private RandomWeights() {}

    static long bytes(long[] shape, NumberFormat format) {
        long bytes = format.bytes();
        for (long size : shape) {
            bytes = Math.multiplyExact(bytes, size);
        }
        return bytes;
    }

    static void write(Path file, Map<String, long[]> tensors, NumberFormat format, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (OutputStream out = Files.newOutputStream(file)) {
            writeHeader(out, tensors, format);
            for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
                writeNumbers(out, tensor.getKey(), tensor.getValue(), format, random);
            }
        }
    }

    private static void writeHeader(OutputStream out, Map<String, long[]> tensors, NumberFormat format)
            throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode header = json.createObjectNode();
        long at = 0;
        for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
            long end = at + bytes(tensor.getValue(), format);
            ObjectNode entry = header.putObject(tensor.getKey()).put("dtype", name(format));
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

    private static String name(NumberFormat format) {
        return Arrays.stream(ElementType.values())
                .filter(type -> type.weightFormat().equals(Optional.of(format)))
                .findFirst()
                .orElseThrow()
                .name();
    }

    private static void writeNumbers(
            OutputStream out, String name, long[] shape, NumberFormat format, SplittableRandom random)
            throws IOException {
        int[] values = values(name, shape, format);
        ByteBuffer piece = ByteBuffer.allocate(PIECE).order(ByteOrder.LITTLE_ENDIAN);
        long left = bytes(shape, format) / format.bytes();
        while (left > 0) {
            piece.clear();
            while (left > 0 && piece.remaining() >= 4 * format.bytes()) {
                long bits = random.nextLong();
                for (int i = 0; i < 4 && left > 0; i++, left--) {
                    put(piece, values[(int) (bits >>> (16 * i)) & (values.length - 1)], format);
                }
            }
            out.write(piece.array(), 0, piece.position());
        }
    }

    private static void put(ByteBuffer piece, int bits, NumberFormat format) {
        if (format.bytes() == Short.BYTES) {
            piece.putShort((short) bits);
        } else {
            piece.putInt(bits);
        }
    }

    /** The bits of the values to draw from; as many as a power of two. */
    private static int[] values(String name, long[] shape, NumberFormat format) {
        if (shape.length == 1 || name.contains("norm")) {
            return new int[] {format.narrow(name.endsWith("weight") ? 1 : 0)};
        }
        double inputs = (double) bytes(shape, format) / format.bytes() / shape[0];
        double reach = Math.sqrt(3 / inputs);
        int[] values = new int[1 << 12];
        for (int i = 0; i < values.length; i++) {
            values[i] = format.narrow((float) ((2.0 * i / (values.length - 1) - 1) * reach));
        }
        return values;
    }
}
