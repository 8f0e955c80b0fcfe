package io.packcache.stream.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
 * that is not exactly a safetensors header is refused with the place of the fault. Numbers are mapped when asked for, in
 * windows, and not kept. Thread-safe.
 */
public final class Safetensors implements AutoCloseable {

    /** Bytes mapped at a time; a multiple of every element size. */
    private static final long WINDOW = 1L << 28;

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

    private final Path file;
    private final FileChannel channel;
    private final long dataStart;
    private final Map<String, Entry> entries;

    private Safetensors(Path file, FileChannel channel, long dataStart, Map<String, Entry> entries) {
        this.file = file;
        this.channel = channel;
        this.dataStart = dataStart;
        this.entries = entries;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws CheckpointException if the file is absent or is not a valid safetensors file
     */
    public static Safetensors open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file + " does not exist or is not a file");
        }
        FileChannel channel = openChannel(file);
        try {
            long size = channel.size();
            byte[] header = readHeader(file, channel, size);
            long dataStart = LENGTH_FIELD + (long) header.length;
            Map<String, Entry> entries = parse(file, header, size - dataStart);
            return new Safetensors(file, channel, dataStart, entries);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The file this reads. */
    public Path file() {
        return file;
    }

    /** Names of all tensors, in the order of the header. */
    public Set<String> names() {
        return entries.keySet();
    }

    /** Whether the file holds a tensor of this name. */
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
            throw new CheckpointException(file + " holds no tensor \"" + name + "\"");
        }
        return entry;
    }

    /**
     * Sizes of a tensor, outermost first; a copy.
     *
     * @throws CheckpointException if there is no such tensor
     */
    public long[] shape(String name) throws CheckpointException {
        return entry(name).shape().clone();
    }

    /**
     * Reads all numbers of a floating-point tensor (F32, F16 or BF16), row-major.
     *
     * @throws CheckpointException if there is no such tensor, or it is of another type, or too large for one array
     */
    public float[] floats(String name) throws IOException {
        return floatRange(name, 0, entry(name).elements());
    }

    /**
     * Reads all numbers of a floating-point tensor of a known shape.
     *
     * @throws CheckpointException if there is no such tensor, or it is of another type or shape
     */
    public float[] floats(String name, int... expectedShape) throws IOException {
        long[] expected = Arrays.stream(expectedShape).asLongStream().toArray();
        if (!Arrays.equals(entry(name).shape(), expected)) {
            throw new CheckpointException(place(name) + " is "
                    + Arrays.toString(entry(name).shape()) + ", expected " + Arrays.toString(expected));
        }
        return floats(name);
    }

    /**
     * Reads {@code count} numbers of a floating-point tensor from number {@code first} on, row-major.
     *
     * @throws CheckpointException if there is no such tensor, or it is of another type, or does not hold them
     */
    public float[] floatRange(String name, long first, long count) throws IOException {
        Entry entry = entry(name);
        if (!entry.type().isWeight()) {
            throw new CheckpointException(place(name) + " holds " + entry.type() + ", expected F32, F16 or BF16");
        }
        float[] target = new float[arrayLength(name, entry, first, count)];
        forEachWindow(entry, first, count, (bytes, at, n) -> {
            switch (entry.type()) {
                case F32 -> bytes.asFloatBuffer().get(target, at, n);
                case F16 -> {
                    for (int i = 0; i < n; i++) {
                        target[at + i] = ElementType.halfToFloat(bytes.getShort(2 * i));
                    }
                }
                default -> {
                    for (int i = 0; i < n; i++) {
                        target[at + i] = ElementType.brainToFloat(bytes.getShort(2 * i));
                    }
                }
            }
        });
        return target;
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
        long[] target = new long[arrayLength(name, entry, 0, entry.elements())];
        forEachWindow(entry, 0, entry.elements(), (bytes, at, n) -> {
            for (int i = 0; i < n; i++) {
                target[at + i] = switch (entry.type()) {
                    case I64 -> bytes.getLong(8 * i);
                    case I32 -> bytes.getInt(4 * i);
                    case I16 -> bytes.getShort(2 * i);
                    case I8 -> bytes.get(i);
                    default -> bytes.get(i) & 0xff;
                };
            }
        });
        return target;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private String place(String name) {
        return file + ": tensor \"" + name + "\"";
    }

    private int arrayLength(String name, Entry entry, long first, long count) throws CheckpointException {
        if (first < 0 || count < 0 || first > entry.elements() - count) {
            throw new CheckpointException(place(name) + " holds " + entry.elements() + " numbers, asked for " + count
                    + " from " + first + " on");
        }
        if (count > Integer.MAX_VALUE - 8) {
            throw new CheckpointException(place(name) + " holds " + count + " numbers, at most "
                    + (Integer.MAX_VALUE - 8) + " fit into one array");
        }
        return (int) count;
    }

    private interface Window {
        void accept(ByteBuffer bytes, int at, int count);
    }

    private void forEachWindow(Entry entry, long first, long count, Window window) throws IOException {
        int width = entry.type().bytes();
        long perWindow = WINDOW / width;
        for (long done = 0; done < count; done += perWindow) {
            int n = (int) Math.min(perWindow, count - done);
            long from = dataStart + entry.begin() + (first + done) * width;
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, from, (long) n * width);
            window.accept(bytes.order(ByteOrder.LITTLE_ENDIAN), (int) done, n);
        }
    }

    private static FileChannel openChannel(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + " does not exist", e);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] readHeader(Path file, FileChannel channel, long size) throws IOException {
        if (size < LENGTH_FIELD) {
            throw new CheckpointException(
                    file + " has " + size + " bytes, a safetensors file begins with 8 bytes of header length");
        }
        ByteBuffer field = ByteBuffer.allocate(LENGTH_FIELD).order(ByteOrder.LITTLE_ENDIAN);
        readFully(file, channel, field, 0);
        long length = field.getLong(0);
        if (length < 2 || length > size - LENGTH_FIELD || length > Integer.MAX_VALUE - 8) {
            throw new CheckpointException(file + " claims a header of " + Long.toUnsignedString(length) + " bytes, but "
                    + (size - LENGTH_FIELD) + " follow the length");
        }
        ByteBuffer header = ByteBuffer.allocate((int) length);
        readFully(file, channel, header, LENGTH_FIELD);
        return header.array();
    }

    private static void readFully(Path file, FileChannel channel, ByteBuffer target, long position) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, position + target.position()) < 0) {
                throw new CheckpointException(file + " ends at byte " + (position + target.position()));
            }
        }
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
