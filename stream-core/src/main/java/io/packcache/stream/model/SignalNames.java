package io.packcache.stream.model;

import io.packcache.kvcache.plan.Signal;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Says in words which signals a model cannot tell. */
public final class SignalNames {

    private SignalNames() {}

    /**
     * The sentence that refuses a policy.
     *
     * @param who the policy
     * @param wanted what it must be told
     * @param known what the model can tell
     */
    public static String missing(String who, Set<Signal> wanted, Set<Signal> known) {
        Set<Signal> missing = EnumSet.noneOf(Signal.class);
        missing.addAll(wanted);
        missing.removeAll(known);
        return who + " must be told " + list(missing) + ", which this model cannot tell; it tells "
                + (known.isEmpty() ? "no signals" : list(EnumSet.copyOf(known)));
    }

    private static String list(Collection<Signal> signals) {
        return signals.stream()
                .map(signal -> signal.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
    }
}
