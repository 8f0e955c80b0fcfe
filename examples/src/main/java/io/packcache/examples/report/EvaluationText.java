package io.packcache.examples.report;

import io.packcache.examples.lab.Evaluation.Result;
import io.packcache.examples.lab.Measure;
import io.packcache.examples.lab.Scores;
import io.packcache.examples.lab.Share;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Policies held against the truth, as text: everything for a terminal, and what a README shows as Markdown tables. */
public final class EvaluationText {

    private static final List<Measure> FORCED = List.of(
            Measure.HELD_BYTES,
            Measure.HELD_MOST,
            Measure.NATS,
            Measure.NATS_MOVED,
            Measure.NATS_OBJECT,
            Measure.NATS_RETURN_1,
            Measure.NATS_RETURN_2);
    private static final List<Measure> FREE = List.of(
            Measure.RESIDENT_BYTES,
            Measure.SECONDS,
            Measure.CAPTION,
            Measure.IN_PLACE,
            Measure.COLOUR,
            Measure.SHAPE,
            Measure.BACK_SOON,
            Measure.BACK_LATE);

    /** Of these nobody asks for an interval. */
    private static final Set<Measure> COSTS =
            Set.of(Measure.HELD_BYTES, Measure.HELD_MOST, Measure.RESIDENT_BYTES, Measure.SECONDS);

    private EvaluationText() {}

    /** Those of some measures that any policy has a value of. */
    static List<Measure> measured(List<Measure> measures, Map<String, Result> results) {
        return measures.stream()
                .filter(measure -> results.values().stream()
                        .anyMatch(result -> result.scores().has(measure)))
                .toList();
    }

    /** Every measure, policy by policy; differences are to the first policy. */
    public static String listing(Map<String, Result> results) {
        StringBuilder text = new StringBuilder();
        Scores first = results.values().iterator().next().scores();
        for (Measure measure : measured(Arrays.asList(Measure.values()), results)) {
            text.append('\n').append(measure.label()).append('\n');
            results.forEach((name, result) -> {
                Scores scores = result.scores();
                String against = scores == first ? "" : IntervalText.difference(scores.against(first, measure));
                text.append(String.format(
                        Locale.ROOT, "  %-28s %-36s %s%n", name, IntervalText.value(scores.mean(measure)), against));
            });
        }
        if (first.has(Measure.CAPTION)) {
            text.append("\nFrom text: share of objects as the captions say, 95 % interval after Wilson\n");
            line(text, "", "colour", "direction", "shape", "all three", "size", "at the end");
            results.forEach((name, result) -> line(
                    text,
                    name,
                    percent(result.fromText().colour()),
                    percent(result.fromText().direction()),
                    percent(result.fromText().shape()),
                    percent(result.fromText().obeyed()),
                    percent(result.fromText().size()),
                    percent(result.fromText().lastPicture())));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String... cells) {
        text.append(String.format("  %-28s", name));
        for (String cell : cells) {
            text.append(String.format(" %-16s", cell));
        }
        text.append('\n');
    }

    private static String percent(Share share) {
        return share.of() == 0
                ? "-"
                : String.format(
                        Locale.ROOT, "%.0f%% (%.0f-%.0f)", 100 * share.value(), 100 * share.low(), 100 * share.high());
    }

    /** Tables with a row for each policy: against the first, and against the full cache where that is not the first. */
    public static String markdown(Map<String, Result> results) {
        StringBuilder text = new StringBuilder();
        String first = results.keySet().iterator().next();
        for (List<Measure> measures : List.of(measured(FORCED, results), measured(FREE, results))) {
            if (!measures.isEmpty()) {
                table(text, results, measures, first);
                if (!first.equals("full") && results.containsKey("full")) {
                    table(text, results, measures, "full");
                }
            }
        }
        return text.toString();
    }

    private static void table(
            StringBuilder text, Map<String, Result> results, List<Measure> measures, String reference) {
        text.append("| against ").append(reference).append(" |");
        measures.forEach(measure -> text.append(' ').append(measure.label()).append(" |"));
        text.append("\n|---|").append("---|".repeat(measures.size())).append('\n');
        Scores by = results.get(reference).scores();
        results.forEach((name, result) -> {
            text.append("| ").append(name).append(" |");
            for (Measure measure : measures) {
                boolean plain = result.scores() == by || COSTS.contains(measure);
                text.append(' ')
                        .append(
                                plain
                                        ? IntervalText.mean(result.scores().mean(measure))
                                        : IntervalText.difference(
                                                result.scores().against(by, measure)))
                        .append(" |");
            }
            text.append('\n');
        });
        text.append('\n');
    }
}
