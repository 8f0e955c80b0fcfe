package io.packcache.examples.checkpoint;

import io.packcache.kvcache.compute.NumberFormat;
import io.packcache.stream.checkpoint.Checkpoint;
import io.packcache.stream.model.NetworkConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a checkpoint's headers say; no number is read.
 *
 * @param network shape of the transformer
 * @param tensors bytes of each tensor in its file
 * @param format how most numbers are stored
 * @param rows lines of the tensor table: tensors that differ only in their layer are one line
 */
record ModelFacts(NetworkConfig network, Map<String, Long> tensors, NumberFormat format, List<String> rows) {

    /** Reads the headers and refuses a checkpoint that does not fit the network. */
    static ModelFacts read(Path folder, NetworkConfig network) throws IOException {
        Map<String, Long> bytes = new LinkedHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        Map<String, String> shapes = new LinkedHashMap<>();
        Map<NumberFormat, Long> formats = new EnumMap<>(NumberFormat.class);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            checkpoint.require(network.tensors(), network::ignores);
            for (String name : network.tensors().keySet()) {
                long[] shape = checkpoint.shape(name);
                long size = checkpoint.type(name).bytes();
                for (long side : shape) {
                    size *= side;
                }
                bytes.put(name, size);
                formats.merge(checkpoint.type(name).weightFormat().orElseThrow(), size, Long::sum);
                String line = name.replaceFirst("\\.layers\\.\\d+\\.", ".layers.*.");
                counts.merge(line, 1, Integer::sum);
                shapes.put(line, checkpoint.type(name) + " " + Arrays.toString(shape));
            }
        }
        List<String> rows = new ArrayList<>();
        counts.forEach((name, count) -> rows.add(
                String.format(Locale.ROOT, "%-50s %s%s", name, shapes.get(name), count > 1 ? " x " + count : "")));
        NumberFormat format = Collections.max(formats.entrySet(), Map.Entry.comparingByValue())
                .getKey();
        return new ModelFacts(network, bytes, format, rows);
    }

    /** Numbers in all tensors. */
    long parameters() {
        return network.tensors().values().stream()
                .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
                .sum();
    }

    long fileBytes() {
        return tensors.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Bytes of the blocks' matrices. */
    long blockBytes() {
        return tensors.entrySet().stream()
                .filter(tensor -> tensor.getKey().contains(".layers."))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Numbers in the blocks of one layer: twice as many operations for each row. */
    long blockParameters() {
        return network.tensors().entrySet().stream()
                .filter(tensor -> tensor.getKey().contains(".layers."))
                .mapToLong(tensor -> Arrays.stream(tensor.getValue()).reduce(1, Math::multiplyExact))
                .sum();
    }

    /** Bytes of one row of the head and of the embedding table. */
    long rowBytes() {
        return fileBytes() / parameters() * network.hidden();
    }
}
