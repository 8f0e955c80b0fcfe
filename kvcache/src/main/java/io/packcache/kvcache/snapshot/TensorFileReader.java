package io.packcache.kvcache.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** Reads what {@link TensorFileWriter} wrote; the file is not trusted. */
public final class TensorFileReader {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final FileChannel in;
    private final long size;
    private long dataStart;

    private TensorFileReader(FileChannel in) throws IOException {
        this.in = in;
        this.size = in.size();
    }

    /** The description and all arrays of a file. */
    public record Content(JsonNode description, Map<String, Buffer> arrays) {}

    /** The description of a file, and what its arrays are. */
    public record Outline(JsonNode description, Map<String, TensorGroup.Form> forms) {}

    /**
     * Reads and checks all of a file.
     *
     * @throws IllegalArgumentException if the file is not whole, or not as it was written; the message names the offset
     */
    public static Content read(FileChannel in) throws IOException {
        return new TensorFileReader(in).read();
    }

    /**
     * Reads and checks the header of a file alone.
     *
     * @throws IllegalArgumentException if the header is not whole, or not as it was written; the message names the offset
     */
    public static Outline outline(FileChannel in) throws IOException {
        return new TensorFileReader(in).outline();
    }

    private Outline outline() throws IOException {
        JsonNode header = parse(header(), Long.BYTES);
        Map<String, TensorGroup.Form> forms = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                JsonNode count = entry.getValue().path("shape").path(0);
                String type = entry.getValue().path("dtype").asText();
                forms.put(entry.getKey(), new TensorGroup.Form(type, count.asInt()));
            }
        }
        return new Outline(description(header), forms);
    }

    private Content read() throws IOException {
        JsonNode header = parse(header(), Long.BYTES);
        JsonNode metadata = header.path("__metadata__");
        String checksums = metadata.path(TensorFileWriter.CHECKSUMS).asText();
        Map<String, Buffer> arrays = new LinkedHashMap<>();
        int number = 0;
        long at = 0;
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                int from = TensorFileWriter.DIGITS * number++;
                require(checksums.length() >= from + TensorFileWriter.DIGITS, "there are too few checksums");
                String checksum = checksums.substring(from, from + TensorFileWriter.DIGITS);
                at = array(entry.getKey(), entry.getValue(), at, checksum, arrays);
            }
        }
        require(dataStart + at == size, "it is " + size + " bytes long; its data end at byte " + (dataStart + at));
        return new Content(description(header), arrays);
    }

    private static JsonNode description(JsonNode header) throws IOException {
        String text =
                header.path("__metadata__").path(TensorFileWriter.DESCRIPTION).asText();
        return parse(text.getBytes(StandardCharsets.UTF_8), 0);
    }

    private byte[] header() throws IOException {
        require(size >= Long.BYTES, "it is truncated at byte " + size + ", within the length of its header");
        long length = bytes(0, Long.BYTES).getLong();
        require(
                length >= 2 && length <= Math.min(size - Long.BYTES, Integer.MAX_VALUE - 8),
                "its header cannot be " + length + " bytes long at byte 0 of " + size + "; it is truncated or altered");
        dataStart = Long.BYTES + length;
        byte[] header = bytes(Long.BYTES, (int) length).array();
        int own = TensorFileWriter.ownChecksum(header);
        require(
                own + TensorFileWriter.DIGITS <= header.length && own >= TensorFileWriter.HEADER_CHECKSUM.length() + 3,
                "its header at byte " + Long.BYTES + " has no checksum");
        byte[] zeroed = header.clone();
        Arrays.fill(zeroed, own, own + TensorFileWriter.DIGITS, (byte) '0');
        CRC32C checksum = new CRC32C();
        checksum.update(zeroed);
        String found = new String(header, own, TensorFileWriter.DIGITS, StandardCharsets.ISO_8859_1);
        require(
                found.equals(TensorFileWriter.digits(checksum)),
                "its header, bytes " + Long.BYTES + " to " + dataStart + ", was altered");
        return header;
    }

    private long array(String name, JsonNode entry, long at, String expected, Map<String, Buffer> arrays)
            throws IOException {
        long begin = entry.path("data_offsets").path(0).asLong(-1);
        long end = entry.path("data_offsets").path(1).asLong(-1);
        require(
                begin == at && end >= begin && end - begin <= Integer.MAX_VALUE - 8,
                name + " cannot lie at bytes " + begin + " to " + end + " of the data");
        require(end <= size - dataStart, name + " is truncated at byte " + size);
        ByteBuffer bytes = bytes(dataStart + begin, (int) (end - begin));
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate());
        require(
                expected.equals(TensorFileWriter.digits(checksum)),
                name + ", bytes " + (dataStart + begin) + " to " + (dataStart + end) + ", was altered");
        arrays.put(
                name,
                switch (entry.path("dtype").asText()) {
                    case "F32" -> bytes.asFloatBuffer();
                    case "I32" -> bytes.asIntBuffer();
                    case "I64" -> bytes.asLongBuffer();
                    default -> bytes;
                });
        return end;
    }

    private ByteBuffer bytes(long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            int read = in.read(bytes, at + bytes.position());
            require(read > 0, "it is truncated at byte " + (at + bytes.position()));
        }
        return bytes.flip();
    }

    private static JsonNode parse(byte[] json, long at) throws IOException {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException broken) {
            long place = at
                    + Math.max(
                            0,
                            broken.getLocation() == null
                                    ? 0
                                    : broken.getLocation().getByteOffset());
            throw new IllegalArgumentException("its JSON is broken at byte " + place, broken);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
