package io.packcache.examples.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A report as aligned text: one line per comparison, then what was not compared, then the verdict. */
final class VerifyTable {

    private VerifyTable() {}

    static List<String> lines(GoldenVerifier.Report report) {
        int width = report.checks().stream()
                .mapToInt(check -> check.name().length())
                .max()
                .orElse(0);
        String format = "%-" + Math.max(width, 6) + "s  %11s  %9s  %s";
        List<String> lines = new ArrayList<>();
        lines.add(String.format(Locale.ROOT, format, "tensor", "max error", "limit", "verdict"));
        for (Check check : report.checks()) {
            lines.add(String.format(
                    Locale.ROOT,
                    format,
                    check.name(),
                    number(check.error()),
                    check.limit() == 0 ? "exact" : number(check.limit()),
                    check.passed() ? "ok" : "FAILED"));
        }
        if (!report.unchecked().isEmpty()) {
            lines.add("not compared: " + String.join(", ", report.unchecked()));
        }
        long failed = report.checks().stream().filter(check -> !check.passed()).count();
        lines.add(
                failed == 0
                        ? "PASSED: all " + report.checks().size() + " comparisons are within their limits"
                        : "FAILED: " + failed + " of " + report.checks().size()
                                + " comparisons are beyond their limits");
        return lines;
    }

    private static String number(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.2e", value);
    }
}
