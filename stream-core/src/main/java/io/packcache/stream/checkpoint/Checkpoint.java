package io.packcache.stream.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.kvcache.compute.MatrixSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The weights of a model folder: {@code model.safetensors}, or the shards that {@code model.safetensors.index.json}
 * names. Thread-safe.
 */
public final class Checkpoint implements AutoCloseable {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final Path folder;
    private final Map<String, Safetensors> fileOf;
    private final List<Safetensors> files;

    private Checkpoint(Path folder, Map<String, Safetensors> fileOf, List<Safetensors> files) {
        this.folder = folder;
        this.fileOf = fileOf;
        this.files = files;
    }

    /**
     * Opens the weights of a folder.
     *
     * @throws CheckpointException if there are none, or a file is not valid
     */
    public static Checkpoint open(Path folder) throws IOException {
        Map<String, Safetensors> fileOf = new LinkedHashMap<>();
        List<Safetensors> files = new ArrayList<>();
        try {
            if (Files.exists(folder.resolve(SINGLE))) {
                Safetensors file = Safetensors.open(folder.resolve(SINGLE));
                files.add(file);
                file.names().forEach(name -> fileOf.put(name, file));
            } else if (Files.exists(folder.resolve(INDEX))) {
                openShards(folder, fileOf, files);
            } else {
                throw new CheckpointException(folder + " holds neither " + SINGLE + " nor " + INDEX);
            }
            return new Checkpoint(folder, fileOf, files);
        } catch (IOException | RuntimeException e) {
            closeAll(files);
            throw e;
        }
    }

    /** Names of all tensors. */
    public Set<String> names() {
        return fileOf.keySet();
    }

    /**
     * Refuses a checkpoint that does not hold exactly the expected tensors; the message lists every fault.
     *
     * @param expected shape of every tensor that must be there
     * @param ignored names that may be there and are not read
     * @throws CheckpointException if tensors are missing, unexpected, of a wrong shape, or not floating point
     */
    public void require(Map<String, long[]> expected, Predicate<String> ignored) throws CheckpointException {
        FaultList faults = new FaultList();
        for (Map.Entry<String, long[]> tensor : expected.entrySet()) {
            String shape = Arrays.toString(tensor.getValue());
            Safetensors file = fileOf.get(tensor.getKey());
            if (file == null) {
                faults.add("missing %s " + shape, tensor.getKey());
                continue;
            }
            Safetensors.Entry found = file.entry(tensor.getKey());
            if (!Arrays.equals(found.shape(), tensor.getValue())) {
                faults.add("%s is " + Arrays.toString(found.shape()) + ", expected " + shape, tensor.getKey());
            } else if (!found.type().isWeight()) {
                faults.add("%s is " + found.type() + ", expected F32, F16 or BF16", tensor.getKey());
            }
        }
        for (String name : new TreeSet<>(names())) {
            if (!expected.containsKey(name) && !ignored.test(name)) {
                faults.add("unexpected %s " + Arrays.toString(shape(name)), name);
            }
        }
        if (!faults.isEmpty()) {
            throw new CheckpointException("the weights in " + folder + " do not fit config.json:" + faults.lines());
        }
    }

    /** How a tensor's numbers are stored. */
    public ElementType type(String name) throws CheckpointException {
        return file(name).type(name);
    }

    /** Sizes of a tensor, outermost first; a copy. */
    public long[] shape(String name) throws CheckpointException {
        return file(name).shape(name);
    }

    /** Reads a tensor, row-major. */
    public float[] floats(String name) throws IOException {
        return file(name).floats(name);
    }

    /** Rows of a matrix, to be read by whoever packs them while this is open; see {@link TensorFile#matrix}. */
    public MatrixSource matrix(String name, int firstRow, int rows) throws IOException {
        return file(name).matrix(name, firstRow, rows);
    }

    /** A matrix whose rows are read as they are needed; see {@link Safetensors#table}. */
    public MappedTable table(String name) throws IOException {
        return file(name).table(name);
    }

    @Override
    public void close() throws IOException {
        closeAll(files);
    }

    private Safetensors file(String name) throws CheckpointException {
        Safetensors file = fileOf.get(name);
        if (file == null) {
            throw new CheckpointException("the weights in " + folder + " hold no tensor \"" + name + "\"");
        }
        return file;
    }

    private static void openShards(Path folder, Map<String, Safetensors> fileOf, List<Safetensors> files)
            throws IOException {
        Path index = folder.resolve(INDEX);
        JsonNode weightMap = StrictJson.parse(index).path("weight_map");
        if (!weightMap.isObject()) {
            throw new CheckpointException(index + ": $.weight_map must be an object from tensor name to file name");
        }
        Map<String, Safetensors> opened = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : weightMap.properties()) {
            String shard = field.getValue().asText();
            if (!isPlainName(shard)) {
                throw new CheckpointException(index + ": $.weight_map[\"" + field.getKey()
                        + "\"] must be the name of a file beside the index, got " + field.getValue());
            }
            Safetensors file = opened.get(shard);
            if (file == null) {
                file = Safetensors.open(folder.resolve(shard));
                files.add(file);
                opened.put(shard, file);
            }
            file.entry(field.getKey());
            fileOf.put(field.getKey(), file);
        }
    }

    /** An index may only name its neighbours, never reach elsewhere in the file system. */
    private static boolean isPlainName(String shard) {
        try {
            return shard.endsWith(".safetensors")
                    && Path.of(shard).getNameCount() == 1
                    && !Path.of(shard).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static void closeAll(List<Safetensors> files) throws IOException {
        for (Safetensors file : files) {
            file.close();
        }
    }
}
