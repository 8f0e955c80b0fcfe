package io.packcache.stream.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/**
 * Reads a file that holds one JSON object, field by field. Every message names the file, the field, what stands there and
 * what would be right; after the last field, {@link #refuseOthers} finds the misspelt ones.
 */
public final class JsonFields {

    private final Path file;
    private final JsonNode root;
    private final Set<String> read = new HashSet<>();

    private JsonFields(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /** Parses a file. */
    public static JsonFields of(Path file) throws CheckpointException {
        JsonNode root = StrictJson.parse(file);
        if (!root.isObject()) {
            throw new CheckpointException(file + ": $ must be an object");
        }
        return new JsonFields(file, root);
    }

    /** A whole number of at least {@code least}. */
    public int whole(String name, int least) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isInt() || node.intValue() < least) {
            throw fault(name, node, "a whole number of at least " + least);
        }
        return node.intValue();
    }

    /** A whole number from {@code least} to {@code most}. */
    public int whole(String name, int least, int most) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isInt() || node.intValue() < least || node.intValue() > most) {
            throw fault(name, node, "a whole number from " + least + " to " + most);
        }
        return node.intValue();
    }

    /** A finite number. */
    public double real(String name) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
            throw fault(name, node, "a number");
        }
        return node.doubleValue();
    }

    /** A text. */
    public String text(String name) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isTextual()) {
            throw fault(name, node, "a text in quotes");
        }
        return node.textValue();
    }

    /** True or false; {@code absent} if there is no such field. */
    public boolean flag(String name, boolean absent) throws CheckpointException {
        JsonNode node = field(name);
        if (!node.isMissingNode() && !node.isBoolean()) {
            throw fault(name, node, "true or false");
        }
        return node.asBoolean(absent);
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
                throw new CheckpointException(
                        file + ": $." + name + " is no field of this file; it has " + String.join(", ", sorted(read)));
            }
        }
    }

    private JsonNode field(String name) {
        read.add(name);
        return root.path(name);
    }

    private CheckpointException fault(String name, JsonNode found, String expected) {
        String value = found.isMissingNode() ? "is missing, expected " : "is " + found + ", expected ";
        return new CheckpointException(file + ": $." + name + " " + value + expected);
    }

    private static Iterable<String> sorted(Set<String> names) {
        return names.stream().sorted().toList();
    }
}
