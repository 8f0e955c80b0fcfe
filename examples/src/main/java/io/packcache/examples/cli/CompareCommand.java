package io.packcache.examples.cli;

import io.packcache.examples.lab.Allowance;
import io.packcache.examples.lab.HeldOutClip;
import io.packcache.examples.lab.PolicyRun;
import io.packcache.examples.report.PolicyMeasures;
import io.packcache.examples.report.ReportPage;
import io.packcache.examples.report.Truth;
import io.packcache.examples.world.WorldOptions;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.media.image.ContactSheet;
import io.packcache.stream.frame.VideoFrame;
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
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The same clip under several policies, side by side: one table, one contact sheet. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Generate one clip under several cache policies and compare time, bytes and pictures.",
            "Agreement is the share of codes equal to those of the first policy named.",
            "With --out also an HTML report, frame by frame, and its numbers as JSON."
        })
final class CompareCommand implements Callable<Integer> {

    /** Latent frames at either end of the clip over which a frame's time is taken. */
    private static final int ENDS = 5;

    /** Pictures in a row of the contact sheet. */
    private static final int SHOWN = 9;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "What the video shows. Default: the caption of the first held-out clip.")
    private String prompt;

    @Option(
            names = "--clips",
            defaultValue = "0",
            paramLabel = "N",
            description = {
                "Held-out clips of the demo world to measure policies against the truth; for the report.",
                "Default: 0, none."
            })
    private int clips;

    @Mixin
    private PolicyList policies;

    @Mixin
    private BudgetOption budget;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder for the report: report.html, report.json and the contact sheet, compare.png.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace a report that is there.")
    private boolean overwrite;

    @ArgGroup
    private ClipLength length = new ClipLength();

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ModelOptions models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (clips < 0) {
            throw new UserError("--clips " + clips + " is less than none");
        }
        if (clips > 0 && out == null) {
            throw new UserError("--clips measures for the report; say where it goes with --out DIR");
        }
        Map<String, CompactionPolicy> named = policies.read();
        Allowance allowance = budget.read();
        Path sheet = sheet();
        try (Backend backend = models.openBackend();
                VideoModel model = models.load(backend)) {
            Map<String, PolicyRun> runs = new LinkedHashMap<>();
            try {
                GenerationRequest request = request(model);
                model.check(request);
                named.values().forEach(model::check);
                // The first clip of a process runs while the JVM still compiles; it is made once more, and not counted.
                PolicyRun.of(model, request, named.values().iterator().next(), allowance)
                        .close();
                named.forEach((name, policy) -> runs.put(name, PolicyRun.of(model, request, policy, allowance)));
                print(runs);
                if (sheet != null) {
                    draw(runs, request, sheet);
                    report(runs, named, allowance, model, backend, request, sheet);
                }
            } finally {
                runs.values().forEach(PolicyRun::close);
            }
        }
        return 0;
    }

    private Path sheet() throws IOException {
        if (out == null) {
            return null;
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UserError("--out " + out + " is a file; it takes a folder");
        }
        for (String name : List.of("compare.png", "report.html", "report.json")) {
            if (Files.exists(out.resolve(name)) && !overwrite) {
                throw new FileAlreadyExistsException(out.resolve(name).toString());
            }
        }
        return out.resolve("compare.png");
    }

    private GenerationRequest request(VideoModel model) {
        if (prompt == null) {
            prompt = HeldOutClip.of(DemoWorlds.of(model.defaults()), 0).caption();
        }
        GenerationRequest request = model.request(prompt);
        long pictures = length.pictures(
                model.defaults().fps(), model.temporalFactor(), model.defaults().latentFrames());
        return request.withLatentFrames(ClipLength.latentFrames(pictures, model.temporalFactor()))
                .withSeed(sampling.seed())
                .withSampling(sampling.over(request.sampling()));
    }

    private void print(Map<String, PolicyRun> runs) {
        PrintWriter terminal = spec.commandLine().getOut();
        PolicyRun reference = runs.values().iterator().next();
        terminal.printf(
                Locale.ROOT,
                "%-14s %11s %11s %11s %8s %11s %8s %9s %10s%n",
                "policy",
                "first",
                "last",
                "total",
                "tokens",
                "cache",
                "faster",
                "smaller",
                "agreement");
        runs.forEach((name, run) -> terminal.println(row(name, run, reference)));
        terminal.printf(
                "first, last: a latent frame's time, median of %d after the first and of the last %d%n"
                        + "tokens: held in the end by all branches, text and markers included%n"
                        + "faster, smaller: last and cache against %s%n",
                ends(reference), ends(reference), runs.keySet().iterator().next());
        terminal.flush();
    }

    private static String row(String name, PolicyRun run, PolicyRun reference) {
        return String.format(
                Locale.ROOT,
                "%-14s %11s %11s %11s %8d %11s %7.2fx %8.2fx %9.1f%%",
                name,
                Units.seconds(run.medianSeconds(Math.min(1, run.codes().size() - 1), ends(run))),
                Units.seconds(last(run)),
                Units.seconds(run.totalSeconds()),
                run.tokens(),
                Units.bytes(run.residentBytes()),
                last(reference) / last(run),
                (double) reference.residentBytes() / run.residentBytes(),
                100 * run.agreement(reference));
    }

    private static double last(PolicyRun run) {
        return run.medianSeconds(run.codes().size() - ends(run), ends(run));
    }

    private static int ends(PolicyRun run) {
        return Math.max(1, Math.min(ENDS, run.codes().size() - 1));
    }

    private void draw(Map<String, PolicyRun> runs, GenerationRequest request, Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        ContactSheet sheet = new ContactSheet("\u201c" + prompt + "\u201d", "seed " + request.seed(), 2);
        int pictures = runs.values().iterator().next().pictures().size();
        List<Integer> shown = shown(pictures);
        sheet.columns(shown.stream().map(i -> "picture " + (i + 1)).toList());
        runs.forEach((name, run) -> {
            List<VideoFrame> chosen = new ArrayList<>();
            shown.forEach(i -> chosen.add(run.pictures().get(i)));
            sheet.row(name, List.of("cache " + Units.bytes(run.residentBytes())), chosen);
        });
        sheet.write(file, overwrite);
        spec.commandLine().getOut().println(file);
    }

    private void report(
            Map<String, PolicyRun> runs,
            Map<String, CompactionPolicy> named,
            Allowance allowance,
            VideoModel model,
            Backend backend,
            GenerationRequest request,
            Path sheet)
            throws IOException {
        List<PolicyMeasures> measures = new ArrayList<>();
        PolicyRun reference = runs.values().iterator().next();
        try (ProgressBar bar = Bars.counting("measure", (long) clips * named.size())) {
            for (Map.Entry<String, CompactionPolicy> policy : named.entrySet()) {
                PolicyMeasures truth = PolicyMeasures.NONE;
                if (clips > 0) {
                    WorldOptions world = DemoWorlds.of(model.defaults());
                    truth = new Truth(world, clips, request.seed(), allowance, done -> bar.step())
                            .measure(models.folder(), model, backend, policy.getValue());
                }
                measures.add(truth.of(policy.getKey(), policy.getValue(), runs.get(policy.getKey()), reference));
            }
        }
        String note = String.format(
                Locale.ROOT,
                "%d latent frames, seed %d; measured against the truth of %d held-out clip(s); budget of history: %s",
                reference.codes().size(),
                request.seed(),
                clips,
                budget.text());
        ReportPage page = new ReportPage("\u201c" + prompt + "\u201d", note, measures, Files.readAllBytes(sheet));
        Files.writeString(out.resolve("report.json"), page.json());
        Files.writeString(out.resolve("report.html"), page.html());
        spec.commandLine().getOut().println(out.resolve("report.html"));
    }

    /** Indices of up to {@link #SHOWN} pictures, evenly over the clip, first and last among them. */
    private static List<Integer> shown(int pictures) {
        int count = Math.min(SHOWN, pictures);
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            indices.add(count == 1 ? 0 : (int) Math.round((double) i * (pictures - 1) / (count - 1)));
        }
        return indices;
    }
}
