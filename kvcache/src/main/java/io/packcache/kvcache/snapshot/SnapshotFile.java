package io.packcache.kvcache.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.CacheParts;
import io.packcache.kvcache.CacheSnapshot;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes and reads snapshot files. A file is safetensors; what is no tensor is JSON in its metadata. Every tensor and the
 * header have a CRC-32C, so an altered byte anywhere is found.
 *
 * <p>Codecs are named in the file: what was encoded by a codec that this version does not know is refused.
 */
public final class SnapshotFile {

    /** Version of the format. */
    static final int VERSION = 1;

    private static final String OWN = "own.";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SnapshotFile() {}

    /**
     * Writes a file in place of whatever has its name. It is complete on disk before it gets the name, so there is a whole
     * file at any moment.
     *
     * <p>Copies in the archive are read one after the other, from wherever they are.
     *
     * @throws SnapshotException if it cannot be written; the file of this name is as it was
     * @throws io.packcache.kvcache.tier.TierException if a copy in the archive cannot be read; the same holds
     */
    public static void write(Path file, SavedState state) {
        ObjectNode description = JSON.createObjectNode();
        description
                .put("version", VERSION)
                .put("fingerprint", state.fingerprint())
                .put("state", state.json());
        List<TensorGroup> groups = new ArrayList<>();
        for (int branch = 0; branch < state.branches().size(); branch++) {
            CacheParts parts = state.branches().get(branch).parts();
            description.withArray("branches").add(parts.description());
            String prefix = "branch." + branch + ".";
            groups.add(TensorGroup.of(parts.arrays()).named(prefix));
            parts.archive().forEach(frame -> groups.add(frame.named(prefix)));
        }
        Map<String, Buffer> own = new LinkedHashMap<>();
        new TreeMap<>(state.tensors()).forEach((name, values) -> own.put(OWN + name, FloatBuffer.wrap(values)));
        groups.add(TensorGroup.of(own));
        write(file, description, groups);
    }

    private static void write(Path file, ObjectNode description, List<TensorGroup> groups) {
        Path target = file.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            try (FileChannel out = FileChannel.open(
                    part,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE)) {
                TensorFileWriter.write(out, description, groups);
                out.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new SnapshotException("the snapshot " + file + " cannot be written: " + failed, delete(part, failed));
        } catch (RuntimeException failed) { // a copy in the archive that cannot be read
            throw delete(part, failed);
        }
    }

    /**
     * Reads a file.
     *
     * @param fingerprint of the model that is to go on
     * @throws SnapshotException if the file cannot be read, is truncated or altered, is of another version or model, or is
     *     no snapshot; nothing larger than the file explains was allocated
     */
    public static SavedState read(Path file, String fingerprint) {
        try (FileChannel in = FileChannel.open(file)) {
            return read(TensorFileReader.read(in), fingerprint);
        } catch (IOException unreadable) {
            throw new SnapshotException("the snapshot " + file + " cannot be read: " + unreadable, unreadable);
        } catch (IllegalArgumentException refused) {
            throw new SnapshotException("the snapshot " + file + " is refused: " + refused.getMessage(), refused);
        }
    }

    private static SavedState read(TensorFileReader.Content content, String fingerprint)
            throws JsonProcessingException {
        JsonNode description = content.description();
        requireEqual("version", VERSION, description.path("version").asInt(-1));
        requireEqual("model", fingerprint, description.path("fingerprint").asText());
        List<CacheSnapshot> branches = new ArrayList<>();
        for (int branch = 0; branch < description.path("branches").size(); branch++) {
            if (!(description.path("branches").get(branch) instanceof ObjectNode parts)) {
                throw new IllegalArgumentException("branch " + branch + " is not described");
            }
            branches.add(branch(parts, "branch." + branch + ".", content.arrays()));
        }
        Map<String, float[]> tensors = new HashMap<>();
        content.arrays().forEach((name, array) -> {
            if (name.startsWith(OWN) && array instanceof FloatBuffer floats) {
                float[] values = new float[floats.remaining()];
                floats.duplicate().get(values);
                tensors.put(name.substring(OWN.length()), values);
            }
        });
        return new SavedState(fingerprint, description.path("state").asText(), branches, tensors);
    }

    private static CacheSnapshot branch(ObjectNode description, String prefix, Map<String, Buffer> all) {
        Map<String, Buffer> arrays = new HashMap<>();
        all.forEach((name, array) -> {
            if (name.startsWith(prefix)) {
                arrays.put(name.substring(prefix.length()), array);
            }
        });
        return CacheSnapshot.of(new CacheParts(description, arrays));
    }

    private static void requireEqual(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new IllegalArgumentException("it is of " + what + " " + found + ", this is " + what + " " + expected);
        }
    }

    private static <E extends Exception> E delete(Path part, E reason) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException stays) {
            reason.addSuppressed(stays);
        }
        return reason;
    }
}
