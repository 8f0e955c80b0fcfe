package io.packcache.examples.cli;

import io.packcache.examples.lab.Allowance;
import io.packcache.kvcache.policy.HistoryBudget;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how much history policies that are compared may keep: a number of frames' worth, {@code auto} or {@code own}. */
final class AllowanceConverter implements ITypeConverter<Allowance> {

    @Override
    public Allowance convert(String text) {
        if (text.equals("own")) {
            return Allowance.OWN;
        }
        if (text.equals("auto")) {
            return Allowance.equal(new HistoryBudget.Auto());
        }
        try {
            return Allowance.equal(new HistoryBudget.Frames(Double.parseDouble(text)));
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException("'" + text + "' is no budget; give frames' worth above 0, auto or own");
        }
    }
}
