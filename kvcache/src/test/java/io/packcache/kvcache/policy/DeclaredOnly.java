package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.plan.Signals;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;

/** Answers what was declared, and refuses the rest as a cache does. */
final class DeclaredOnly {

    private static final Map<String, Signal> NEEDS = Map.ofEntries(
            Map.entry("keys", Signal.KEY),
            Map.entry("meanKey", Signal.KEY),
            Map.entry("values", Signal.VALUE),
            Map.entry("keyNorms", Signal.KEY_NORM),
            Map.entry("valueNorms", Signal.VALUE_NORM),
            Map.entry("queries", Signal.QUERY),
            Map.entry("attention", Signal.PROBE_ATTENTION),
            Map.entry("attentionMass", Signal.ATTENTION_MASS),
            Map.entry("massByDistance", Signal.MASS_BY_DISTANCE),
            Map.entry("hiddenNorms", Signal.HIDDEN_NORM),
            Map.entry("projectedValueNorms", Signal.PROJECTED_VALUE_NORM));

    private DeclaredOnly() {}

    static Signals of(Signals all, Set<Signal> declared) {
        return (Signals) Proxy.newProxyInstance(
                Signals.class.getClassLoader(), new Class<?>[] {Signals.class}, (proxy, method, arguments) -> {
                    Signal needed = NEEDS.get(method.getName());
                    if (needed != null && !declared.contains(needed)) {
                        throw new AssertionError(method.getName() + " was asked for, " + needed + " was not declared");
                    }
                    try {
                        return method.invoke(all, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }
}
