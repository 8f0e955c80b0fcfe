package io.packcache.kvcache.snapshot;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes named arrays and a description as one safetensors file with checksums. Arrays pass through one small buffer; the
 * header is written last, over the room that was left for it.
 */
public final class TensorFileWriter {

    /** Digits of a checksum in the header. */
    static final int DIGITS = 8;

    static final String DESCRIPTION = "packcache-snapshot";
    static final String CHECKSUMS = "crc32c";
    static final String HEADER_CHECKSUM = "header-crc32c";

    private static final int CHUNK = 1 << 16;

    private TensorFileWriter() {}

    /** Bytes of the file that {@link #write} makes of these. */
    public static long size(ObjectNode description, Map<String, Buffer> arrays) {
        String room = "0".repeat(DIGITS * arrays.size());
        return Long.BYTES
                + header(description, arrays, room).length
                + arrays.values().stream().mapToLong(TensorFileWriter::bytes).sum();
    }

    /**
     * Writes a file from its start; it is not truncated and not forced.
     *
     * @param arrays byte, int, long and float buffers by name; their position is 0
     */
    public static void write(FileChannel out, ObjectNode description, Map<String, Buffer> arrays) throws IOException {
        String room = "0".repeat(DIGITS * arrays.size());
        int headerLength = header(description, arrays, room).length;
        out.position(Long.BYTES + (long) headerLength);
        StringBuilder checksums = new StringBuilder();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        for (Buffer array : arrays.values()) {
            checksums.append(digits(write(out, array, chunk)));
        }
        byte[] header = header(description, arrays, checksums.toString());
        CRC32C own = new CRC32C();
        own.update(header);
        byte[] digits = digits(own).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, header, ownChecksum(header), DIGITS);
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length).put(header).flip();
        for (long at = 0; start.hasRemaining(); ) {
            at += out.write(start, at);
        }
    }

    /** Where in the header its own checksum stands: its digits count as zeros in it. */
    static int ownChecksum(byte[] header) {
        String key = "\"" + HEADER_CHECKSUM + "\":\"";
        return new String(header, StandardCharsets.ISO_8859_1).indexOf(key) + key.length();
    }

    static String digits(CRC32C checksum) {
        return String.format("%08x", checksum.getValue());
    }

    private static byte[] header(ObjectNode description, Map<String, Buffer> arrays, String checksums) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.putObject("__metadata__")
                .put(HEADER_CHECKSUM, "0".repeat(DIGITS))
                .put(CHECKSUMS, checksums)
                .put(DESCRIPTION, description.toString());
        long at = 0;
        for (Map.Entry<String, Buffer> array : arrays.entrySet()) {
            ObjectNode entry = header.putObject(array.getKey());
            entry.put("dtype", type(array.getValue()));
            entry.putArray("shape").add(array.getValue().remaining());
            long end = at + bytes(array.getValue());
            entry.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        String text = header.toString();
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        String aligned = text + " ".repeat((Long.BYTES - encoded.length % Long.BYTES) % Long.BYTES);
        return aligned.getBytes(StandardCharsets.UTF_8);
    }

    private static CRC32C write(FileChannel out, Buffer array, ByteBuffer chunk) throws IOException {
        CRC32C checksum = new CRC32C();
        int width = (int) (bytes(array) / Math.max(1, array.remaining()));
        int perChunk = CHUNK / Math.max(1, width);
        for (int from = 0; from < array.limit(); from += perChunk) {
            int count = Math.min(perChunk, array.limit() - from);
            chunk.clear();
            copy(array, from, count, chunk);
            chunk.position(0).limit(count * width);
            checksum.update(chunk.duplicate());
            while (chunk.hasRemaining()) {
                out.write(chunk);
            }
        }
        return checksum;
    }

    private static void copy(Buffer array, int from, int count, ByteBuffer chunk) {
        if (array instanceof FloatBuffer floats) {
            chunk.asFloatBuffer().put(floats.slice(from, count));
        } else if (array instanceof IntBuffer ints) {
            chunk.asIntBuffer().put(ints.slice(from, count));
        } else if (array instanceof LongBuffer longs) {
            chunk.asLongBuffer().put(longs.slice(from, count));
        } else {
            chunk.put(((ByteBuffer) array).slice(from, count));
        }
    }

    private static long bytes(Buffer array) {
        int width = array instanceof LongBuffer ? Long.BYTES : array instanceof ByteBuffer ? 1 : Integer.BYTES;
        return (long) array.remaining() * width;
    }

    private static String type(Buffer array) {
        return array instanceof FloatBuffer
                ? "F32"
                : array instanceof IntBuffer ? "I32" : array instanceof LongBuffer ? "I64" : "U8";
    }
}
