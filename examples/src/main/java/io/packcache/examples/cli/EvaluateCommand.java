package io.packcache.examples.cli;

import io.packcache.examples.lab.Evaluation;
import io.packcache.examples.lab.Evaluation.FreeRun;
import io.packcache.examples.lab.Likelihood;
import io.packcache.examples.lab.Share;
import io.packcache.examples.world.WorldOptions;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A model of the demo world against the truth: captions obeyed, and likelihood of true codes, policy by policy. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Judge a model of the demo world on clips it was not trained on, under each cache policy.",
            "Prints how many captions its videos obey, as a program finds it in the pictures, and how likely the",
            "model finds the true codes."
        })
final class EvaluateCommand implements Callable<Integer> {

    @Option(names = "--clips", defaultValue = "100", paramLabel = "N", description = "Held-out clips. Default: 100.")
    private int clips;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "Seed of the first clip; each next clip takes the next one. Default: 1.")
    private long seed;

    @Mixin
    private PolicyList policies;

    @Mixin
    private ModelOptions models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (clips < 1) {
            throw new UserError("--clips " + clips + " judges nothing; it takes at least one clip");
        }
        Map<String, CompactionPolicy> named = policies.read();
        Path folder = models.folder();
        try (Backend backend = models.openBackend();
                VideoModel model = models.load(backend)) {
            WorldOptions world = DemoWorlds.of(model.defaults());
            Map<String, FreeRun> fromText = new LinkedHashMap<>();
            Map<String, FreeRun> fromImage = new LinkedHashMap<>();
            Map<String, Likelihood> likelihood = new LinkedHashMap<>();
            try (ProgressBar bar = Bars.counting("evaluate", 3L * clips * named.size())) {
                Evaluation evaluation = new Evaluation(world, clips, seed, done -> bar.step());
                // The first clip of a process runs while the JVM still compiles; it is made once more, and not counted.
                new Evaluation(world, 1, seed, done -> {})
                        .generate(model, named.values().iterator().next(), false);
                for (Map.Entry<String, CompactionPolicy> policy : named.entrySet()) {
                    fromText.put(policy.getKey(), evaluation.generate(model, policy.getValue(), false));
                    fromImage.put(policy.getKey(), evaluation.generate(model, policy.getValue(), true));
                    likelihood.put(policy.getKey(), evaluation.score(folder, model, backend, policy.getValue()));
                }
            }
            // The bar is gone before the table comes, or it would take a line of it away.
            print(fromText, fromImage, likelihood);
        }
        return 0;
    }

    private void print(
            Map<String, FreeRun> fromText, Map<String, FreeRun> fromImage, Map<String, Likelihood> likelihood) {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.printf(
                "Text to video: share of objects as the captions say, %d held-out captions, 95%% interval in brackets%n",
                clips);
        line(
                terminal,
                "policy",
                "colour",
                "direction",
                "shape",
                "all three",
                "size",
                "at the end",
                "pictures/s",
                "cache");
        fromText.forEach((policy, run) -> line(
                terminal,
                policy,
                percent(run.obedience().colour()),
                percent(run.obedience().direction()),
                percent(run.obedience().shape()),
                percent(run.obedience().obeyed()),
                percent(run.obedience().size()),
                percent(run.obedience().lastPicture()),
                String.format(Locale.ROOT, "%.1f", run.picturesPerSecond()),
                Units.bytes(run.residentBytes())));
        terminal.printf("%nImage to video: share of objects that continue%n");
        line(terminal, "policy", "continues", "direction", "shape");
        fromImage.forEach((policy, run) -> line(
                terminal,
                policy,
                percent(run.obedience().continued()),
                percent(run.obedience().direction()),
                percent(run.obedience().shape())));
        Map.Entry<String, Likelihood> first = likelihood.entrySet().iterator().next();
        terminal.printf("%nTrue codes, teacher forced: nats per code, lower is better%n");
        line(terminal, "policy", "all", "object", "to " + first.getKey(), "s.e.");
        likelihood.forEach((policy, nats) -> line(
                terminal,
                policy,
                String.format(Locale.ROOT, "%.3f", nats.all()),
                String.format(Locale.ROOT, "%.3f", nats.object()),
                String.format(Locale.ROOT, "%+.3f", nats.objectAgainst(first.getValue())),
                String.format(Locale.ROOT, "%.3f", nats.standardErrorAgainst(first.getValue()))));
        terminal.flush();
    }

    private static void line(PrintWriter terminal, String name, String... cells) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-14s", name));
        for (String cell : cells) {
            line.append(String.format(Locale.ROOT, "%15s", cell));
        }
        terminal.println(line);
    }

    private static String percent(Share share) {
        return share.of() == 0
                ? "-"
                : String.format(
                        Locale.ROOT, "%.0f%% (%.0f-%.0f)", 100 * share.value(), 100 * share.low(), 100 * share.high());
    }
}
