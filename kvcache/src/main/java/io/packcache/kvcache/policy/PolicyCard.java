package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.Signal;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What there is to know of a policy before one chooses it.
 *
 * @param name preset name
 * @param keeps what stays, in a few words
 * @param title name of the method in its paper, or that there is none
 * @param arxiv arXiv number; empty if there is none
 * @param evidence what the rule was taken from
 * @param signals what the policy must be told with default settings, beyond the names of tokens
 * @param parameters its settings, in order
 */
public record PolicyCard(
        String name,
        String keeps,
        String title,
        String arxiv,
        String evidence,
        Set<Signal> signals,
        List<Parameter> parameters) {

    /**
     * A setting.
     *
     * @param name JSON field
     * @param value default, as JSON
     * @param allowed what it may be, in words
     * @param shared whether it is one of those that all policies that score tokens have, see {@link Keeping}
     */
    public record Parameter(String name, String value, String allowed, boolean shared) {}

    static PolicyCard of(Preset preset) {
        CompactionPolicy policy = preset.defaults();
        Paper paper = policy.getClass().getAnnotation(Paper.class);
        List<Parameter> parameters = preset.settings().stream()
                .map(setting -> new Parameter(
                        setting.name(), setting.write(policy).toString(), setting.allowed(), setting.shared()))
                .toList();
        return new PolicyCard(
                policy.name(),
                paper.keeps(),
                paper.title(),
                paper.arxiv(),
                paper.evidence(),
                ordered(policy.signals()),
                parameters);
    }

    private static Set<Signal> ordered(Set<Signal> signals) {
        Set<Signal> ordered = EnumSet.noneOf(Signal.class);
        ordered.addAll(signals);
        return Collections.unmodifiableSet(ordered);
    }
}
