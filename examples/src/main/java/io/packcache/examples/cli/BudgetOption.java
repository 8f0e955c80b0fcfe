package io.packcache.examples.cli;

import io.packcache.examples.lab.Allowance;
import io.packcache.kvcache.policy.HistoryBudget;
import picocli.CommandLine.Option;

/** How much history policies that are compared may keep. */
final class BudgetOption {

    private static final String AUTO = "auto";
    private static final String OWN = "own";

    @Option(
            names = "--budget",
            paramLabel = "FRAMES",
            defaultValue = AUTO,
            description = {
                "History that every policy may keep, in frames' worth; full keeps all.",
                "Default: auto, 1 where history is stored masked and 2 where not. own: each as its settings have it."
            })
    private String budget;

    Allowance read() {
        if (budget.equals(OWN)) {
            return Allowance.OWN;
        }
        if (budget.equals(AUTO)) {
            return Allowance.equal(new HistoryBudget.Auto());
        }
        try {
            return Allowance.equal(new HistoryBudget.Frames(Double.parseDouble(budget)));
        } catch (IllegalArgumentException wrong) {
            throw new UserError("--budget " + budget + " is no budget; give frames' worth above 0, auto or own", wrong);
        }
    }

    /** The same for a reader. */
    String text() {
        if (budget.equals(OWN)) {
            return "each policy's own";
        }
        return budget.equals(AUTO)
                ? "the same for all but full, one frame's worth where history is stored masked, two where not"
                : "at most " + budget + " frames' worth for all but full";
    }
}
