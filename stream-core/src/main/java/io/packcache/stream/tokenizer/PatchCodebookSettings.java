package io.packcache.stream.tokenizer;

import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.JsonFields;
import java.io.IOException;
import java.nio.file.Path;
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

    /** Reads a description whose {@code type} is {@value #TYPE}. */
    static PatchCodebookSettings read(Path file) throws IOException {
        JsonFields fields = JsonFields.of(file);
        String type = fields.text("type");
        if (!type.equals(TYPE)) {
            throw new CheckpointException(
                    file + ": $.type is \"" + type + "\", and the only type known is \"" + TYPE + "\"");
        }
        PatchCodebookSettings settings = new PatchCodebookSettings(
                fields.whole("spatial", 1, 64),
                fields.whole("temporal", 1, 64),
                fields.whole("codes", 1, 1 << 20),
                fields.whole("channels", 1, 1 << 16),
                fields.whole("blocks", 0, 1024));
        fields.refuseOthers(Set.of());
        return settings;
    }

    /** Values of a patch: channel, picture, row, column. */
    int patchValues() {
        return 3 * temporal * spatial * spatial;
    }
}
