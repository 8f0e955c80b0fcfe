package io.packcache.stream.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the tensors of a module tree that a {@link PickleReader} has read, and names them by their path. */
final class TorchModuleTree {

    /** Bounds on trees made to be endless: modules that hold themselves, or each other many times over. */
    private static final int DEEPEST = 64;

    private static final int MOST_VALUES = 1_000_000;

    private final String place;
    private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    private int values;

    TorchModuleTree(String place) {
        this.place = place;
    }

    Map<String, TorchTensor> tensors(Object root) throws CheckpointException {
        if (!(root instanceof PickleReader.Instance)) {
            throw new CheckpointException(place + " holds no module at the root of its pickle");
        }
        collect("", root, 0);
        return Collections.unmodifiableMap(tensors);
    }

    private void collect(String path, Object value, int depth) throws CheckpointException {
        if (depth > DEEPEST || ++values > MOST_VALUES) {
            throw new CheckpointException(place + ": the module tree at \"" + path + "\" is deeper than " + DEEPEST
                    + " levels or has more than " + MOST_VALUES + " values");
        }
        if (value instanceof TorchTensor tensor) {
            tensors.put(path, tensor);
        } else if (value instanceof PickleReader.Instance instance) {
            collectAll(path, instance.state(), depth);
        } else if (value instanceof Map<?, ?> map) {
            collectAll(path, map, depth);
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                collect(path + "." + i, list.get(i), depth + 1);
            }
        }
    }

    private void collectAll(String path, Map<?, ?> map, int depth) throws CheckpointException {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            collect(path.isEmpty() ? name : path + "." + name, entry.getValue(), depth + 1);
        }
    }
}
