package io.packcache.stream.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads one safetensors file.
 *
 * <p>The file is not trusted: nothing is allocated by a length it claims beyond what its real size explains, and a header
 * that is not exactly a safetensors header is refused with the place of the fault.
 */
public final class Safetensors implements TensorFile {

    private static final int LENGTH_FIELD = Long.BYTES;

    /**
     * One tensor of the file.
     *
     * @param type how its numbers are stored
     * @param shape sizes, outermost first; empty for a single number; not to be modified
     * @param begin first byte, from the end of the header on
     * @param end byte after the last
     */
    public record Entry(ElementType type, long[] shape, long begin, long end) {

        /** Numbers held. */
        public long elements() {
            return (end - begin) / type.bytes();
        }
    }

    private final FileBytes bytes;
    private final long dataStart;
    private final Map<String, Entry> entries;

    private Safetensors(FileBytes bytes, long dataStart, Map<String, Entry> entries) {
        this.bytes = bytes;
        this.dataStart = dataStart;
        this.entries = entries;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws CheckpointException if the file is absent or is not a valid safetensors file
     */
    public static Safetensors open(Path file) throws IOException {
        FileBytes bytes = FileBytes.open(file);
        try {
            byte[] header = readHeader(bytes);
            long dataStart = LENGTH_FIELD + (long) header.length;
            return new Safetensors(bytes, dataStart, parse(file, header, bytes.size() - dataStart));
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    @Override
    public Path file() {
        return bytes.path();
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /**
     * Describes a tensor.
     *
     * @throws CheckpointException if there is no such tensor
     */
    public Entry entry(String name) throws CheckpointException {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new CheckpointException(file() + " holds no tensor \"" + name + "\"");
        }
        return entry;
    }

    @Override
    public ElementType type(String name) throws CheckpointException {
        return entry(name).type();
    }

    @Override
    public long[] shape(String name) throws CheckpointException {
        return entry(name).shape().clone();
    }

    @Override
    public void read(String name, long first, int count, float[] target, int at) throws IOException {
        Entry entry = entry(name);
        if (!entry.type().isWeight()) {
            throw new CheckpointException(place(name) + " holds " + entry.type() + ", expected F32, F16 or BF16");
        }
        requireRange(name, entry, first, count);
        bytes.floats(entry.type(), position(entry, first), count, target, at);
    }

    /** The rows of a floating-point matrix, each read from the file's pages when it is asked for. */
    public MappedTable table(String name) throws IOException {
        Entry entry = entry(name);
        if (!entry.type().isWeight() || entry.shape().length != 2) {
            throw new CheckpointException(place(name) + " is " + entry.type() + " " + Arrays.toString(entry.shape())
                    + ", expected a matrix of F32, F16 or BF16");
        }
        return new MappedTable(bytes, entry.type(), position(entry, 0), entry.shape()[0], entry.shape()[1]);
    }

    /**
     * Reads all numbers of a whole-number tensor, row-major; U8 and BOOL are unsigned.
     *
     * @throws CheckpointException if there is no such tensor, or it is of another type, or too large for one array
     */
    public long[] integers(String name) throws IOException {
        Entry entry = entry(name);
        if (!entry.type().isInteger()) {
            throw new CheckpointException(place(name) + " holds " + entry.type() + ", expected I64, I32 or U8");
        }
        if (entry.elements() > Integer.MAX_VALUE / Long.BYTES) {
            throw new CheckpointException(
                    place(name) + " holds " + entry.elements() + " numbers, too many for one array");
        }
        long[] target = new long[(int) entry.elements()];
        ByteBuffer stored =
                bytes.read(position(entry, 0), target.length * entry.type().bytes());
        for (int i = 0; i < target.length; i++) {
            target[i] = switch (entry.type()) {
                case I64 -> stored.getLong(8 * i);
                case I32 -> stored.getInt(4 * i);
                case I16 -> stored.getShort(2 * i);
                case I8 -> stored.get(i);
                default -> stored.get(i) & 0xff;
            };
        }
        return target;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }

    private String place(String name) {
        return file() + ": tensor \"" + name + "\"";
    }

    private long position(Entry entry, long number) {
        return dataStart + entry.begin() + number * entry.type().bytes();
    }

    private void requireRange(String name, Entry entry, long first, int count) throws CheckpointException {
        if (first < 0 || count < 0 || first > entry.elements() - count) {
            throw new CheckpointException(place(name) + " holds " + entry.elements() + " numbers, asked for " + count
                    + " from " + first + " on");
        }
    }

    private static byte[] readHeader(FileBytes bytes) throws IOException {
        long size = bytes.size();
        if (size < LENGTH_FIELD) {
            throw new CheckpointException(
                    bytes.path() + " has " + size + " bytes, a safetensors file begins with 8 bytes of header length");
        }
        long length = bytes.read(0, LENGTH_FIELD).getLong(0);
        if (length < 2 || length > size - LENGTH_FIELD || length > Integer.MAX_VALUE - 8) {
            throw new CheckpointException(bytes.path() + " claims a header of " + Long.toUnsignedString(length)
                    + " bytes, but " + (size - LENGTH_FIELD) + " follow the length");
        }
        return bytes.read(LENGTH_FIELD, (int) length).array();
    }

    private static Map<String, Entry> parse(Path file, byte[] header, long dataBytes) throws CheckpointException {
        JsonNode root = StrictJson.parse(file + ": header", header);
        if (!root.isObject()) {
            throw new CheckpointException(file + ": header is not a JSON object");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (!field.getKey().equals("__metadata__")) {
                String place = file + ": tensor \"" + field.getKey() + "\"";
                entries.put(field.getKey(), parseEntry(place, field.getValue(), dataBytes));
            }
        }
        checkCover(file, entries, dataBytes);
        return Collections.unmodifiableMap(entries);
    }

    private static Entry parseEntry(String place, JsonNode node, long dataBytes) throws CheckpointException {
        if (!node.isObject()
                || node.size() != 3
                || !node.has("dtype")
                || !node.has("shape")
                || !node.has("data_offsets")) {
            throw new CheckpointException(place + " needs exactly dtype, shape and data_offsets");
        }
        String typeName = node.get("dtype").asText();
        ElementType type = ElementType.named(typeName)
                .orElseThrow(() -> new CheckpointException(place + " has the unknown dtype \"" + typeName
                        + "\", known are " + List.of(ElementType.values())));
        long[] shape = wholeNumbers(place + ", shape", node.get("shape"));
        long[] offsets = wholeNumbers(place + ", data_offsets", node.get("data_offsets"));
        if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
            throw new CheckpointException(place + " claims the bytes " + node.get("data_offsets") + " of " + dataBytes);
        }
        long bytes = type.bytes();
        try {
            for (long size : shape) {
                bytes = Math.multiplyExact(bytes, size);
            }
        } catch (ArithmeticException e) {
            throw new CheckpointException(place + " has the shape " + node.get("shape") + ", larger than any file", e);
        }
        if (bytes != offsets[1] - offsets[0]) {
            throw new CheckpointException(place + " of " + type + " " + node.get("shape") + " needs " + bytes
                    + " bytes, its data_offsets span " + (offsets[1] - offsets[0]));
        }
        return new Entry(type, shape, offsets[0], offsets[1]);
    }

    private static long[] wholeNumbers(String place, JsonNode array) throws CheckpointException {
        if (!array.isArray()) {
            throw new CheckpointException(place + " is not an array of whole numbers");
        }
        long[] numbers = new long[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = array.get(i);
            if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
                throw new CheckpointException(place + "[" + i + "] is not a whole number of at least 0: " + number);
            }
            numbers[i] = number.longValue();
        }
        return numbers;
    }

    /** The format leaves no byte out and none to two tensors; anything else is a damaged or a forged header. */
    private static void checkCover(Path file, Map<String, Entry> entries, long dataBytes) throws CheckpointException {
        List<Map.Entry<String, Entry>> inOrder = new ArrayList<>(entries.entrySet());
        inOrder.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long covered = 0;
        for (Map.Entry<String, Entry> next : inOrder) {
            long begin = next.getValue().begin();
            if (begin != covered) {
                throw new CheckpointException(file + ": tensor \"" + next.getKey() + "\" begins at byte " + begin
                        + (begin < covered
                                ? ", inside the one before, which ends at "
                                : ", but the one before ends at ")
                        + covered);
            }
            covered = next.getValue().end();
        }
        if (covered != dataBytes) {
            throw new CheckpointException(
                    file + ": the tensors end at byte " + covered + " of the data, the file at " + dataBytes);
        }
    }
}
