package io.packcache.examples.report;

import io.packcache.examples.lab.AttentionStudy;
import io.packcache.examples.lab.AttentionStudy.Shares;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where attention goes, as a part of a page. */
final class AttentionSection {

    private static final int[] DISTANCES = {1, 2, 4, 8};

    private AttentionSection() {}

    static void append(StringBuilder page, List<Shares> attention) {
        Map<String, List<Double>> lines = new LinkedHashMap<>();
        for (double known : AttentionStudy.KNOWN) {
            lines.put(
                    Math.round(100 * known) + " % known",
                    AttentionStudy.mean(attention, known).byDistance());
        }
        page.append("<h2>Attention to earlier frames by distance, full cache</h2>")
                .append(Plot.svg("latent frames before", "share", lines));
        page.append("<h2>Attention by layer and head, full cache</h2>");
        ReportPage.note(page, "Shares of all attention; rho is the decay by frame that fits best.");
        page.append("<div class=\"scroll\"><table><tr><th>layer, head</th><th>codes known</th><th>text</th>"
                + "<th>condition</th><th>markers</th><th>own frame</th>");
        for (int distance : DISTANCES) {
            page.append("<th>").append(distance).append(" before</th>");
        }
        page.append("<th>rho</th></tr>");
        AttentionStudy.KNOWN.forEach(known -> row(page, "all", AttentionStudy.mean(attention, known)));
        attention.stream()
                .sorted(Comparator.comparingInt(Shares::layer)
                        .thenComparingInt(Shares::head)
                        .thenComparingDouble(Shares::known))
                .forEach(shares -> row(page, shares.layer() + 1 + ", " + (shares.head() + 1), shares));
        page.append("</table></div>");
    }

    private static void row(StringBuilder page, String name, Shares shares) {
        page.append(
                String.format(Locale.ROOT, "<tr><td>%s</td><td>%d %%</td>", name, Math.round(100 * shares.known())));
        cell(page, shares.text());
        cell(page, shares.condition());
        cell(page, shares.markers());
        cell(page, shares.own());
        for (int distance : DISTANCES) {
            cell(
                    page,
                    distance <= shares.byDistance().size() ? shares.byDistance().get(distance - 1) : Double.NaN);
        }
        page.append(String.format(Locale.ROOT, "<td>%.2f</td></tr>", shares.rho()));
    }

    private static void cell(StringBuilder page, double share) {
        if (Double.isNaN(share)) {
            page.append("<td></td>");
            return;
        }
        page.append(String.format(
                Locale.ROOT, "<td style=\"background:rgba(59,130,214,%.2f)\">%.3f</td>", 0.8 * share, share));
    }
}
