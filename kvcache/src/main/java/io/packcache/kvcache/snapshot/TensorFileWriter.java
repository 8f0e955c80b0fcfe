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
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes named arrays and a description as one safetensors file with checksums. Arrays are read group by group and pass
 * through one small buffer; the header is written last, over the room that was left for it.
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
    public static long size(ObjectNode description, TensorGroup arrays) {
        String room = "0".repeat(DIGITS * arrays.forms().size());
        return Long.BYTES + header(description, List.of(arrays), room).length + arrays.bytes();
    }

    /**
     * Writes a file from its start; it is not truncated and not forced.
     *
     * @param groups no name is in two of them
     */
    public static void write(FileChannel out, ObjectNode description, List<TensorGroup> groups) throws IOException {
        int count = groups.stream().mapToInt(group -> group.forms().size()).sum();
        int headerLength = header(description, groups, "0".repeat(DIGITS * count)).length;
        out.position(Long.BYTES + (long) headerLength);
        StringBuilder checksums = new StringBuilder();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        for (TensorGroup group : groups) {
            write(out, group, chunk, checksums);
        }
        byte[] header = header(description, groups, checksums.toString());
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

    private static void write(FileChannel out, TensorGroup group, ByteBuffer chunk, StringBuilder checksums)
            throws IOException {
        Map<String, Buffer> arrays = group.read().get();
        for (Map.Entry<String, TensorGroup.Form> form : group.forms().entrySet()) {
            Buffer array = arrays.get(form.getKey());
            if (array == null || !TensorGroup.Form.of(array).equals(form.getValue())) {
                throw new IOException(form.getKey() + " is not what it was said to be: " + form.getValue());
            }
            checksums.append(digits(write(out, array, form.getValue(), chunk)));
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

    private static byte[] header(ObjectNode description, List<TensorGroup> groups, String checksums) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.putObject("__metadata__")
                .put(HEADER_CHECKSUM, "0".repeat(DIGITS))
                .put(CHECKSUMS, checksums)
                .put(DESCRIPTION, description.toString());
        long at = 0;
        for (TensorGroup group : groups) {
            for (Map.Entry<String, TensorGroup.Form> form : group.forms().entrySet()) {
                ObjectNode entry = header.putObject(form.getKey());
                entry.put("dtype", form.getValue().type());
                entry.putArray("shape").add(form.getValue().count());
                long end = at + form.getValue().bytes();
                entry.putArray("data_offsets").add(at).add(end);
                at = end;
            }
        }
        String text = header.toString();
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        String aligned = text + " ".repeat((Long.BYTES - encoded.length % Long.BYTES) % Long.BYTES);
        return aligned.getBytes(StandardCharsets.UTF_8);
    }

    private static CRC32C write(FileChannel out, Buffer array, TensorGroup.Form form, ByteBuffer chunk)
            throws IOException {
        CRC32C checksum = new CRC32C();
        int width = (int) (form.bytes() / Math.max(1, form.count()));
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
}
