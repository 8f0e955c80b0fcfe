package io.packcache.examples.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** One line per policy: what it holds in the end, what a frame costs then, and means over frames of what it is worth. */
final class Summary {

    /** Frames at the end over which time is taken. */
    private static final int LAST = 5;

    private static final List<Column> COLUMNS = List.of(
            new Column("tokens", "%,.0f", policy -> last(policy.tokens())),
            new Column("MiB", "%.2f", policy -> last(policy.residentBytes()) / 1048576.0),
            new Column("ms a frame", "%.1f", policy -> 1e3 * median(policy.seconds())),
            new Column("agreement", "%.3f", policy -> mean(policy.agreement())),
            new Column("nats", "%.4f", policy -> mean(policy.nats())),
            new Column("nats, object", "%.3f", policy -> mean(policy.objectNats())),
            new Column("kept attention", "%.3f", policy -> mean(policy.keptAttention())),
            new Column("object error", "%.2f px", policy -> mean(policy.objectError())));

    private Summary() {}

    private record Column(String title, String format, Function<PolicyMeasures, Double> value) {}

    /** A {@code <table>}; columns of which nothing was measured are left out. */
    static String html(List<PolicyMeasures> policies) {
        List<Column> columns = COLUMNS.stream()
                .filter(column -> policies.stream()
                        .anyMatch(policy -> !Double.isNaN(column.value().apply(policy))))
                .toList();
        StringBuilder table = new StringBuilder("<div class=\"scroll\"><table><tr><th>policy</th>");
        columns.forEach(column -> table.append("<th>").append(column.title()).append("</th>"));
        table.append("</tr>");
        for (PolicyMeasures policy : policies) {
            table.append("<tr><td>").append(ReportPage.escaped(policy.policy())).append("</td>");
            for (Column column : columns) {
                double value = column.value().apply(policy);
                table.append("<td>")
                        .append(Double.isNaN(value) ? "" : String.format(Locale.ROOT, column.format(), value))
                        .append("</td>");
            }
            table.append("</tr>");
        }
        return table.append("</table></div>").toString();
    }

    private static double last(List<Long> values) {
        return values.isEmpty() ? Double.NaN : values.get(values.size() - 1);
    }

    private static double median(List<Double> seconds) {
        double[] sorted = seconds.stream()
                .skip(Math.max(0, seconds.size() - LAST))
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static double mean(List<Double> values) {
        return values.stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }
}
