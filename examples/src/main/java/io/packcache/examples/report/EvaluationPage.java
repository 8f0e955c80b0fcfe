package io.packcache.examples.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.packcache.examples.lab.AttentionStudy.Shares;
import io.packcache.examples.lab.Drift;
import io.packcache.examples.lab.Evaluation.Result;
import io.packcache.examples.lab.Interval;
import io.packcache.examples.lab.Measure;
import io.packcache.examples.lab.Scores;
import io.packcache.examples.lab.Scores.Curve;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyPresets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Policies held against the truth, as one HTML page that needs nothing beside it, and as JSON. */
public final class EvaluationPage {

    private final String note;
    private final Map<String, Result> results;
    private final Map<String, CompactionPolicy> policies;
    private final List<Shares> attention;
    private final Map<String, List<List<Drift.Span>>> endless;
    private final Showcase showcase;

    /**
     * @param note how it was measured, as text
     * @param results by policy; the first is what the others are measured by
     * @param policies the same policies
     * @param attention empty if not measured
     * @param endless by policy, one list for each video; empty if not measured
     * @param showcase one clip under each policy; null for none
     */
    public EvaluationPage(
            String note,
            Map<String, Result> results,
            Map<String, CompactionPolicy> policies,
            List<Shares> attention,
            Map<String, List<List<Drift.Span>>> endless,
            Showcase showcase) {
        this.note = note;
        this.results = results;
        this.policies = policies;
        this.attention = attention;
        this.endless = endless;
        this.showcase = showcase;
    }

    /**
     * One measure of one policy.
     *
     * @param difference to the first policy, clip by clip; null for the first
     * @param clips the value of every clip, NaN where there is none, for other comparisons
     */
    record Row(String policy, String measure, Interval value, Interval difference, boolean differs, double[] clips) {}

    private List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        Scores first = first();
        for (Measure measure : measured()) {
            results.forEach((name, result) -> {
                Interval difference =
                        result.scores() == first ? null : result.scores().against(first, measure);
                boolean differs = difference != null && difference.excludesZero();
                double[] clips = result.scores().of(measure);
                rows.add(new Row(name, measure.name(), result.scores().mean(measure), difference, differs, clips));
            });
        }
        return rows;
    }

    private Scores first() {
        return results.values().iterator().next().scores();
    }

    private List<Measure> measured() {
        return EvaluationText.measured(Arrays.asList(Measure.values()), results);
    }

    /** Everything measured. */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("note", note);
        all.put("rows", rows());
        all.put("attention", attention);
        all.put("endless", endless);
        try {
            return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(all);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The page. */
    public String html() {
        StringBuilder page = new StringBuilder(ReportPage.head("Cache policies against the truth"));
        page.append("<h1>Cache policies against the truth</h1>");
        ReportPage.note(page, note);
        table(page);
        curves(page);
        if (!attention.isEmpty()) {
            AttentionSection.append(page, attention);
        }
        if (!endless.isEmpty()) {
            endless(page);
        }
        if (showcase != null) {
            showcase.append(page);
        }
        page.append("<h2>Settings</h2>");
        policies.forEach((name, policy) -> page.append("<pre>")
                .append(ReportPage.escaped(name + " " + PolicyPresets.toJson(policy)))
                .append("</pre>"));
        return page.append("</body></html>\n").toString();
    }

    private void table(StringBuilder page) {
        page.append("<h2>What each policy costs in picture</h2>");
        ReportPage.note(
                page,
                "Means over clips with 95 % bootstrap intervals; below them the difference to the first policy, clip by"
                        + " clip. A difference whose interval holds zero is none, and so is any over fewer than six clips.");
        page.append("<div class=\"scroll\"><table><tr><th></th>");
        results.keySet()
                .forEach(name ->
                        page.append("<th>").append(ReportPage.escaped(name)).append("</th>"));
        page.append("</tr>");
        for (Measure measure : measured()) {
            page.append("<tr><td title=\"")
                    .append(ReportPage.escaped(measure.about()))
                    .append("\">");
            page.append(ReportPage.escaped(measure.label())).append("</td>");
            for (Result result : results.values()) {
                page.append("<td style=\"white-space:nowrap\">")
                        .append(IntervalText.value(result.scores().mean(measure)));
                if (result.scores() != first()) {
                    Interval difference = result.scores().against(first(), measure);
                    page.append("<br><small>")
                            .append(IntervalText.difference(difference))
                            .append("</small>");
                }
                page.append("</td>");
            }
            page.append("</tr>");
        }
        page.append("</table></div><dl>");
        measured()
                .forEach(measure -> page.append("<dt>")
                        .append(ReportPage.escaped(measure.label()))
                        .append("</dt><dd>")
                        .append(ReportPage.escaped(measure.about()))
                        .append("</dd>"));
        page.append("</dl>");
    }

    private void curves(StringBuilder page) {
        curve(page, "Likelihood of the true codes", "latent frame", "nats", Curve.NATS);
        curve(page, "Likelihood of codes that moved", "latent frame", "nats", Curve.NATS_MOVED);
        curve(page, "Objects in their place", "picture", "share", Curve.IN_PLACE);
    }

    private void curve(StringBuilder page, String title, String across, String up, Curve curve) {
        Map<String, List<Double>> lines = new LinkedHashMap<>();
        results.forEach(
                (name, result) -> lines.put(name, result.scores().curve(curve).values()));
        plot(page, title, across, up, lines);
    }

    private static void plot(
            StringBuilder page, String title, String across, String up, Map<String, List<Double>> lines) {
        String svg = Plot.svg(across, up, lines);
        if (!svg.isEmpty()) {
            page.append("<h2>").append(title).append("</h2>").append(svg);
        }
    }

    private void endless(StringBuilder page) {
        plot(page, "Objects seen, on and on", "hundreds of latent frames", "share", spans(Drift.Span::seen));
        plot(page, "Brightness, on and on", "hundreds of latent frames", "0 to 255", spans(Drift.Span::brightness));
    }

    private Map<String, List<Double>> spans(ToDoubleFunction<Drift.Span> what) {
        Map<String, List<Double>> lines = new LinkedHashMap<>();
        endless.forEach((name, videos) -> {
            List<Double> means = new ArrayList<>();
            for (int span = 0; span < videos.get(0).size(); span++) {
                int at = span;
                means.add(videos.stream()
                        .mapToDouble(video -> what.applyAsDouble(video.get(at)))
                        .average()
                        .orElseThrow());
            }
            lines.put(name, means);
        });
        return lines;
    }
}
