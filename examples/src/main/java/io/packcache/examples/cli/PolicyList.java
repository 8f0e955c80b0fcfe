package io.packcache.examples.cli;

import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyPresets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Several policies to be held against each other; the first is what the others are measured by. */
final class PolicyList {

    @Option(
            names = "--policies",
            split = ",",
            defaultValue = "full,window,packcache",
            paramLabel = "POLICY",
            description = "Policies, separated by commas: names or JSON files. Default: full,window,packcache.")
    private List<String> policies;

    @Option(
            names = "--study",
            paramLabel = "FILE",
            description = "Policies by the names they are to go by, as a JSON object; in place of --policies.")
    private Path study;

    /** Each policy by the name it was asked for by, in order. */
    Map<String, CompactionPolicy> read() {
        if (study != null) {
            return PolicyPresets.study(study);
        }
        Map<String, CompactionPolicy> named = new LinkedHashMap<>();
        policies.forEach(text -> named.put(text, PolicyPresets.of(text)));
        return named;
    }
}
