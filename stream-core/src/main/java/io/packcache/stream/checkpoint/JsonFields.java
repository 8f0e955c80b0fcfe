package io.packcache.stream.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/**
 * Reads a JSON object that is a file or part of one, field by field. Every message names the file, the field, what stands
 * there and what would be right; after the last field, {@link #refuseOthers} finds the misspelt ones. A field with a
 * default may be absent or null.
 */
public final class JsonFields {

    private final Path file;
    private final String path;
    private final JsonNode root;
    private final Set<String> read = new HashSet<>();

    private JsonFields(Path file, String path, JsonNode root) {
        this.file = file;
        this.path = path;
        this.root = root;
    }

    /** Parses a file. */
    public static JsonFields of(Path file) throws CheckpointException {
        JsonNode root = StrictJson.parse(file);
        if (!root.isObject()) {
            throw new CheckpointException(file + ": $ must be an object");
        }
        return new JsonFields(file, "$.", root);
    }

    /** Whether there is such a field and it is not null. */
    public boolean has(String name) {
        JsonNode node = field(name);
        return !node.isMissingNode() && !node.isNull();
    }

    /** An object inside this one, with messages that name its place in the file. */
    public JsonFields object(String name) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isObject()) {
            throw fault(name, "an object");
        }
        return new JsonFields(file, path + name + ".", node);
    }

    /** A whole number of at least {@code least}; {@code absent} if there is no such field. */
    public int wholeOr(int absent, String name, int least) throws CheckpointException {
        return has(name) ? whole(name, least) : absent;
    }

    /** A whole number of at least {@code least}. */
    public int whole(String name, int least) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isInt() || node.intValue() < least) {
            throw fault(name, "a whole number of at least " + least);
        }
        return node.intValue();
    }

    /** A whole number from {@code least} to {@code most}. */
    public int whole(String name, int least, int most) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isInt() || node.intValue() < least || node.intValue() > most) {
            throw fault(name, "a whole number from " + least + " to " + most);
        }
        return node.intValue();
    }

    /** A finite number. */
    public double real(String name) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw fault(name, "a number");
        }
        return node.doubleValue();
    }

    /** A finite number; {@code absent} if there is no such field. */
    public double realOr(double absent, String name) throws CheckpointException {
        return has(name) ? real(name) : absent;
    }

    /** A text. */
    public String text(String name) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isTextual()) {
            throw fault(name, "a text in quotes");
        }
        return node.textValue();
    }

    /** True or false; {@code absent} if there is no such field. */
    public boolean flagOr(boolean absent, String name) throws CheckpointException {
        if (!has(name)) {
            return absent;
        }
        JsonNode node = field(name);
        if (!node.isBoolean()) {
            throw fault(name, "true or false");
        }
        return node.booleanValue();
    }

    /**
     * Refuses fields that were not read.
     *
     * @param ignored fields that other tools write and that say nothing to us
     */
    public void refuseOthers(Set<String> ignored) throws CheckpointException {
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!read.contains(name) && !ignored.contains(name)) {
                throw new CheckpointException(file + ": " + path + name + " is no field of this file; it has "
                        + String.join(", ", sorted(read)));
            }
        }
    }

    private JsonNode field(String name) {
        read.add(name);
        return root.path(name);
    }

    /** What to throw where a field is wrong for a reason that only the caller knows. */
    public CheckpointException fault(String name, String expected) {
        JsonNode found = field(name);
        String value = found.isMissingNode() ? "is missing, expected " : "is " + found + ", expected ";
        return new CheckpointException(file + ": " + path + name + " " + value + expected);
    }

    private static Iterable<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }
}
