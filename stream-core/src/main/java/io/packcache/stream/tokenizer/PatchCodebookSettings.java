package io.packcache.stream.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Set;

/**
 * The description of a {@link PatchCodebookTokenizer}, {@code visual_tokenizer.json}.
 *
 * @param spatial pixels on a side of a patch, 1 to 64
 * @param temporal pictures in a patch, 1 to 64
 * @param codes patches in the codebook, 1 to 2^20
 * @param channels channels of the refining network, 1 to 2^16
 * @param blocks residual blocks of the refining network, 0 to 1024
 */
record PatchCodebookSettings(int spatial, int temporal, int codes, int channels, int blocks) {

    static final String TYPE = "patch-codebook";

    private static final Set<String> FIELDS = Set.of("type", "spatial", "temporal", "codes", "channels", "blocks");

    /** Reads a description whose {@code type} is {@value #TYPE}. */
    static PatchCodebookSettings read(Path file) throws IOException {
        JsonNode root = StrictJson.parse(file);
        String type = root.path("type").asText();
        if (!type.equals(TYPE)) {
            throw new CheckpointException(
                    file + ": \"type\" is \"" + type + "\", and the only type known is \"" + TYPE + "\"");
        }
        for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FIELDS.contains(name)) {
                throw new CheckpointException(file + ": unknown field \"" + name + "\"");
            }
        }
        return new PatchCodebookSettings(
                number(file, root, "spatial", 1, 64),
                number(file, root, "temporal", 1, 64),
                number(file, root, "codes", 1, 1 << 20),
                number(file, root, "channels", 1, 1 << 16),
                number(file, root, "blocks", 0, 1024));
    }

    private static int number(Path file, JsonNode root, String name, int least, int most) throws CheckpointException {
        JsonNode node = root.path(name);
        if (!node.isInt() || node.intValue() < least || node.intValue() > most) {
            throw new CheckpointException(file + ": \"" + name + "\" is a whole number from " + least + " to " + most
                    + ", got " + (node.isMissingNode() ? "nothing" : node));
        }
        return node.intValue();
    }

    /** Values of a patch: channel, picture, row, column. */
    int patchValues() {
        return 3 * temporal * spatial * spatial;
    }
}
