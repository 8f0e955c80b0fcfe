package io.packcache.examples.cli;

import io.packcache.examples.lab.AttentionStudy;
import io.packcache.examples.lab.Drift;
import io.packcache.examples.lab.Evaluation;
import io.packcache.examples.lab.Evaluation.Result;
import io.packcache.examples.lab.HeldOutClip;
import io.packcache.examples.lab.HeldOutClips;
import io.packcache.examples.report.EvaluationPage;
import io.packcache.examples.report.EvaluationText;
import io.packcache.examples.report.Showcase;
import io.packcache.examples.world.WorldOptions;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A model of the demo world against the truth, policy by policy. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Judge a model of the demo world on clips it was not trained on, under each cache policy.",
            "Prints how likely the model finds the true codes, how many captions its videos obey and how well they",
            "follow the truth, as a program finds it in the pictures, with bootstrap intervals over clips.",
            "With --out also a page with curves and pictures, and the numbers as JSON."
        })
final class EvaluateCommand implements Callable<Integer> {

    @Option(
            names = "--clips",
            defaultValue = "100",
            paramLabel = "N",
            description = "Held-out clips whose true codes are scored. Default: 100.")
    private int clips;

    @Option(
            names = "--videos",
            paramLabel = "N",
            description = "Of them, clips that are also generated, twice for each policy. Default: all.")
    private Integer videos;

    @Option(
            names = "--attention",
            defaultValue = "0",
            paramLabel = "N",
            description = "Clips over which attention under the full cache is measured. Default: 0.")
    private int attentionClips;

    @Option(
            names = "--endless",
            arity = "1",
            split = "x",
            paramLabel = "NxFRAMES",
            description = "Also follow N videos of so many latent frames, as in 2x1000. Default: none.")
    private List<Integer> endless = List.of();

    @Option(
            names = "--showcase",
            defaultValue = "-1",
            paramLabel = "N",
            description = "Number of the held-out clip that is shown as pictures, with --out. Default: none.")
    private int shown;

    @Option(
            names = "--world",
            paramLabel = "NAME",
            description = "Held-out clips of which world: one, full, bars or large. Default: the model's.")
    private String world;

    @Option(
            names = "--returning",
            description = "Only clips in which an object comes back after two or more latent frames out of sight.")
    private boolean returning;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for evaluation.html, .json (every clip's value), .md (tables) and the pictures.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace an evaluation that is there.")
    private boolean overwrite;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private PolicyList policies;

    @Mixin
    private ModelOptions models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        check();
        Map<String, CompactionPolicy> named = policies.read();
        Path folder = models.folder();
        try (Backend backend = models.openBackend();
                VideoModel model = models.load(backend)) {
            HeldOutClips drawn = drawn(model);
            Map<String, Result> results;
            Map<String, List<List<Drift.Span>>> spans;
            List<AttentionStudy.Shares> attention;
            long steps = (clips + generated() + endlessVideos()) * (long) named.size() + attentionClips;
            try (ProgressBar bar = Bars.counting("evaluate", steps)) {
                Evaluation evaluation = new Evaluation(drawn, sampling.seed(), sampling::over, bar::step);
                results = evaluation.run(folder, model, backend, named, clips, generated());
                attention = AttentionStudy.measure(drawn, attentionClips, folder, model, backend, bar::step);
                spans = endless(evaluation, model, named, bar);
            }
            // The bar is gone before the table comes, or it would take a line of it away.
            print(results);
            printDrift(spans);
            if (out != null) {
                report(results, named, attention, spans, drawn, model, backend);
            }
        }
        return 0;
    }

    private void check() throws IOException {
        if (clips < 1) {
            throw new UserError("--clips " + clips + " judges nothing; it takes at least one clip");
        }
        if (videos != null && (videos < 0 || videos > clips)) {
            throw new UserError("--videos " + videos + " must be 0 to --clips, which is " + clips);
        }
        if (attentionClips < 0) {
            throw new UserError("--attention " + attentionClips + " is less than none");
        }
        if (!endless.isEmpty() && (endless.size() != 2 || endless.get(0) < 1 || endless.get(1) < 1)) {
            throw new UserError("--endless takes videos and latent frames, as in 2x1000");
        }
        if (out == null) {
            if (shown >= 0) {
                throw new UserError("--showcase makes pictures; say where they go with --out DIR");
            }
            return;
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UserError("--out " + out + " is a file; it takes a folder");
        }
        if (Files.exists(out.resolve("evaluation.json")) && !overwrite) {
            throw new FileAlreadyExistsException(out.resolve("evaluation.json").toString());
        }
    }

    private HeldOutClips drawn(VideoModel model) {
        WorldOptions drawn = DemoWorlds.of(world, model.defaults());
        if (!returning) {
            return HeldOutClips.all(drawn);
        }
        try {
            return HeldOutClips.returning(drawn);
        } catch (IllegalArgumentException e) {
            throw new UserError("--returning: " + e.getMessage() + "; name another with --world", e);
        }
    }

    private int endlessVideos() {
        return endless.isEmpty() ? 0 : endless.get(0);
    }

    private Map<String, List<List<Drift.Span>>> endless(
            Evaluation evaluation, VideoModel model, Map<String, CompactionPolicy> named, ProgressBar bar) {
        Map<String, List<List<Drift.Span>>> spans = new LinkedHashMap<>();
        for (int number = 0; number < endlessVideos(); number++) {
            for (Map.Entry<String, CompactionPolicy> policy : named.entrySet()) {
                spans.computeIfAbsent(policy.getKey(), name -> new ArrayList<>())
                        .add(evaluation.endless(model, policy.getValue(), number, endless.get(1)));
                bar.step();
            }
        }
        return spans;
    }

    private void report(
            Map<String, Result> results,
            Map<String, CompactionPolicy> named,
            List<AttentionStudy.Shares> attention,
            Map<String, List<List<Drift.Span>>> spans,
            HeldOutClips drawn,
            VideoModel model,
            Backend backend)
            throws IOException {
        Files.createDirectories(out);
        Showcase showcase = null;
        if (shown >= 0) {
            HeldOutClip truth = drawn.get(shown);
            GenerationRequest request = model.request(truth.caption()).withSeed(sampling.seed() + shown);
            request = request.withSampling(sampling.over(request.sampling()));
            showcase = Showcase.make(models.folder(), model, backend, truth, request, named, out);
        }
        String note = models.folder().getFileName() + ", " + counts();
        EvaluationPage page = new EvaluationPage(note, results, named, attention, spans, showcase);
        Files.writeString(out.resolve("evaluation.json"), page.json());
        Files.writeString(out.resolve("evaluation.html"), page.html());
        Files.writeString(out.resolve("evaluation.md"), EvaluationText.markdown(results));
        spec.commandLine().getOut().println(out.resolve("evaluation.html"));
    }

    private void print(Map<String, Result> results) {
        PrintWriter terminal = spec.commandLine().getOut();
        terminal.printf("%s; 95 %% bootstrap intervals over clips%n", counts());
        terminal.print(EvaluationText.listing(results));
        terminal.flush();
    }

    private String counts() {
        return String.format(
                Locale.ROOT, "%d held-out clips scored, %d generated, seed %d", clips, generated(), sampling.seed());
    }

    private int generated() {
        return videos == null ? clips : videos;
    }

    private void printDrift(Map<String, List<List<Drift.Span>>> spans) {
        PrintWriter terminal = spec.commandLine().getOut();
        spans.forEach((name, videos) -> {
            for (List<Drift.Span> video : videos) {
                Drift.Span start = video.get(0);
                Drift.Span end = video.get(video.size() - 1);
                terminal.printf(
                        Locale.ROOT,
                        "%s from latent frame %d: objects seen %.1f %% (%.1f %% in the first %d), brightness %+.1f %%%n",
                        name,
                        end.firstFrame(),
                        100 * end.seen(),
                        100 * start.seen(),
                        Drift.SPAN,
                        100 * (end.brightness() / start.brightness() - 1));
            }
        });
        terminal.flush();
    }
}
