package io.packcache.stream.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Faults of tensors; the same fault in several layers is one line. */
final class FaultList {

    private static final Pattern LAYER = Pattern.compile("(?<=\\.layers\\.)\\d+(?=\\.)");

    private final Map<String, List<Integer>> layersOf = new LinkedHashMap<>();

    /**
     * Adds a fault.
     *
     * @param text with {@code %s} where the tensor's name belongs
     */
    void add(String text, String name) {
        Matcher layer = LAYER.matcher(name);
        if (layer.find() && layer.group().length() < 5) {
            String line = String.format(text, layer.replaceFirst("{}"));
            layersOf.computeIfAbsent(line, key -> new ArrayList<>()).add(Integer.parseInt(layer.group()));
        } else {
            layersOf.put(String.format(text, name), List.of());
        }
    }

    boolean isEmpty() {
        return layersOf.isEmpty();
    }

    /** One line for each fault. */
    String lines() {
        return layersOf.entrySet().stream()
                .map(fault -> "\n  " + fault.getKey().replaceFirst("\\{}", ranges(fault.getValue())))
                .collect(Collectors.joining());
    }

    /** Such as {@code 3} or {@code 0-15,17}. */
    private static String ranges(List<Integer> layers) {
        List<Integer> sorted = layers.stream().sorted().toList();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sorted.size(); i++) {
            int from = sorted.get(i);
            while (i + 1 < sorted.size() && sorted.get(i + 1) == sorted.get(i) + 1) {
                i++;
            }
            text.append(text.length() == 0 ? "" : ",").append(from);
            text.append(sorted.get(i) == from ? "" : "-" + sorted.get(i));
        }
        return text.toString();
    }
}
