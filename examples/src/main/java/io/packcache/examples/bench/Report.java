package io.packcache.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a workload measured: rows of named cells, each a number with its text, and remarks under the table. */
final class Report {

    /** One figure, as a machine reads it and as people do. */
    record Cell(JsonNode value, String text) {}

    private final List<Map<String, Cell>> rows = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private Map<String, Cell> row;

    /** Begins a row. */
    Report row(String column, String text) {
        row = new LinkedHashMap<>();
        rows.add(row);
        return text(column, text);
    }

    Report text(String column, String text) {
        row.put(column, new Cell(JsonNodeFactory.instance.textNode(text), text));
        return this;
    }

    /** A number shown by a {@link String#format} pattern. */
    Report number(String column, double value, String pattern) {
        row.put(
                column,
                new Cell(JsonNodeFactory.instance.numberNode(value), String.format(Locale.ROOT, pattern, value)));
        return this;
    }

    /** A median with its spread, in milliseconds. */
    Report times(String column, Times times) {
        number(column, times.median() * 1e3, times.median() < 0.01 ? "%.3f ms" : "%.1f ms");
        return number(column + " +-", 100 * times.spread(), "%.0f %%");
    }

    Report remark(String pattern, Object... values) {
        remarks.add(String.format(Locale.ROOT, pattern, values));
        return this;
    }

    void print(PrintWriter out) {
        List<String> columns =
                rows.stream().flatMap(r -> r.keySet().stream()).distinct().toList();
        List<Integer> widths = columns.stream().map(this::width).toList();
        out.println(line(columns, widths));
        for (Map<String, Cell> cells : rows) {
            List<String> texts = columns.stream()
                    .map(column -> cells.containsKey(column) ? cells.get(column).text() : "")
                    .toList();
            out.println(line(texts, widths));
        }
        remarks.forEach(out::println);
    }

    private int width(String column) {
        return Math.max(
                column.length(),
                rows.stream()
                        .filter(cells -> cells.containsKey(column))
                        .mapToInt(cells -> cells.get(column).text().length())
                        .max()
                        .orElse(0));
    }

    /** The first column starts at the left, figures end at the right. */
    private static String line(List<String> texts, List<Integer> widths) {
        List<String> padded = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            padded.add(String.format((i == 0 ? "%-" : "%") + widths.get(i) + "s", texts.get(i)));
        }
        return padded.stream().collect(Collectors.joining("  ")).stripTrailing();
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode array = json.putArray("rows");
        rows.forEach(cells -> {
            ObjectNode object = array.addObject();
            cells.forEach((column, cell) -> object.set(column, cell.value()));
        });
        remarks.forEach(json.withArray("remarks")::add);
        return json;
    }
}
