package io.packcache.examples.cli;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.policy.PolicyCard;
import io.packcache.kvcache.policy.PolicyCard.Parameter;
import io.packcache.kvcache.policy.PolicyPresets;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What cache policies there are: paper, signals and settings of each. */
@Command(
        name = "policies",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "List the cache policies: what each keeps, its paper, what it must be told, its settings.",
            "With a name: all there is to know of that one, and its settings as JSON to start from."
        })
final class PoliciesCommand implements Callable<Integer> {

    private static final int NARROWEST = 60;
    private static final int WIDEST = 120;
    private static final int NAME_WIDTH = 14;
    private static final int SETTING_WIDTH = 32;

    @Parameters(arity = "0..1", paramLabel = "POLICY", description = "One policy, by name.")
    private String name;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.print(name == null ? list() : detail(card()));
        terminal.flush();
        return 0;
    }

    private String list() {
        TextTable table = table(NAME_WIDTH);
        List<PolicyCard> cards = PolicyPresets.cards();
        for (PolicyCard card : cards) {
            table.addRowValues(card.name(), card.keeps());
            table.addRowValues("", paper(card));
            told(card).forEach(line -> table.addRowValues("", line));
            table.addEmptyRow();
        }
        String shared = cards.stream()
                .map(card -> settings(card, Parameter::shared))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        table.addRowValues("*", "and what all policies that score tokens have: " + shared);
        return table.toString();
    }

    private String detail(PolicyCard card) {
        TextTable about = table(NAME_WIDTH);
        about.addRowValues(card.name(), card.keeps());
        about.addRowValues("paper", paper(card));
        about.addRowValues("evidence", card.evidence());
        about.addRowValues("must be told", signals(card));
        TextTable settings = table(SETTING_WIDTH);
        for (Parameter parameter : card.parameters()) {
            settings.addRowValues(parameter.name() + " = " + parameter.value(), parameter.allowed());
        }
        String json = PolicyPresets.toJson(PolicyPresets.of(card.name()));
        return about + "\n" + (card.parameters().isEmpty() ? "" : settings + "\n") + json + "\n";
    }

    private PolicyCard card() {
        return PolicyPresets.cards().stream()
                .filter(card -> card.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UserError(
                        "there is no policy \"" + name + "\"; there are " + String.join(", ", PolicyPresets.names())));
    }

    private TextTable table(int first) {
        int terminal = spec.usageMessage().autoWidth(true).width();
        int width = Math.max(NARROWEST, Math.min(WIDEST, terminal));
        return TextTable.forColumns(
                spec.commandLine().getColorScheme(),
                new Column(first, 0, Overflow.SPAN),
                new Column(width - first, 0, Overflow.WRAP));
    }

    private static String paper(PolicyCard card) {
        return card.arxiv().isEmpty() ? card.title() : card.title() + ", arxiv.org/abs/" + card.arxiv();
    }

    private static List<String> told(PolicyCard card) {
        List<String> lines = new ArrayList<>();
        if (!card.signals().isEmpty()) {
            lines.add("told: " + signals(card));
        }
        String own = settings(card, parameter -> !parameter.shared());
        boolean scores = card.parameters().stream().anyMatch(Parameter::shared);
        if (!own.isEmpty() || scores) {
            lines.add("set: " + own + (own.isEmpty() || !scores ? "" : ", ") + (scores ? "*" : ""));
        }
        return lines;
    }

    private static String settings(PolicyCard card, Predicate<Parameter> which) {
        return card.parameters().stream()
                .filter(which)
                .map(parameter -> parameter.name() + " " + parameter.value().replace("\"", ""))
                .collect(Collectors.joining(", "));
    }

    private static String signals(PolicyCard card) {
        return card.signals().isEmpty()
                ? "nothing"
                : card.signals().stream().map(PoliciesCommand::words).collect(Collectors.joining(", "));
    }

    private static String words(Signal signal) {
        return signal.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
