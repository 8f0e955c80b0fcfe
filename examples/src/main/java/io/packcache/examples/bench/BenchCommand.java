package io.packcache.examples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.compute.Backends;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures, side by side with what a user would pick instead. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Measure the engine. Ours and the peer, PyTorch, take turns in one run; medians and spreads are shown.",
            "Workloads:",
            "  attention  8 heads, 256 queries against 2,048 and 12,288 cached keys",
            "  pages      attention over encoded pages against the same rows raw, under every codec",
            "  compaction PackCache's plan and its application against copying as many bytes",
            "  gemm       matrix products with packed weights",
            "  generate   the model's clip, full cache and PackCache",
            "  long       13 latent frames of 1,024 codes from a middle-sized random model, full cache, window, PackCache",
            "  longer     60 of them",
            "  endless    1,000 latent frames under PackCache",
            "  start      from the start of a JVM to the first picture",
            "  encode     1280 x 720 to MP4, against the ffmpeg command of the same natives",
            "  paper      7 and 13 latent frames of 4,084 tokens, 50 steps, on a random model of 3 billion parameters"
        })
public final class BenchCommand implements Callable<Integer> {

    @Option(names = "--workload", required = true, paramLabel = "NAME", description = "What to measure.")
    private String workload;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "Compute backend. Default: the best that runs here.")
    private String backend;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute. Default: all processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Measured rounds. Default: 7.")
    private int rounds;

    @Option(names = "--model", paramLabel = "DIR", description = "Model folder. Default: the shipped demo model.")
    private Path model = Path.of(System.getProperty("packcache.home", "."), "examples", "models", "demo");

    @Option(
            names = "--python",
            paramLabel = "FILE",
            defaultValue = "python3",
            description = "A Python that can import torch. Default: python3; without torch there is no peer.")
    private String python;

    @Option(
            names = "--scale",
            paramLabel = "SCALE",
            defaultValue = "full",
            description = "Of the workload paper: full, or small, which a CPU does in seconds. Default: full.")
    private Scale scale;

    private enum Scale {
        FULL,
        SMALL
    }

    @Option(names = "--json", paramLabel = "FILE", description = "Write the figures to this file, too.")
    private Path json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Workload chosen = Workloads.ALL.stream()
                .filter(each -> each.name().equals(workload))
                .findFirst()
                .orElseThrow(() -> refused("--workload", workload, "one of " + names()));
        if (threads < 1) {
            throw refused("--threads", threads, "at least 1");
        }
        if (rounds < 1) {
            throw refused("--rounds", rounds, "at least 1");
        }
        String name = backend == null ? Backends.names().get(Backends.refusals().size()) : backend;
        Optional<Peer> peer = Peer.start(python, chosen.peer());
        try {
            measure(
                    chosen,
                    new Bench(
                            name,
                            threads,
                            rounds,
                            model,
                            peer,
                            scale == Scale.FULL ? PaperScale.FULL : PaperScale.SMALL,
                            mainClass()));
        } finally {
            peer.ifPresent(Peer::close);
        }
        return 0;
    }

    private void measure(Workload chosen, Bench bench) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        String environment = Environment.line();
        String setting = String.format(
                "backend %s on %d thread(s), %d rounds, peer: %s",
                bench.backend(),
                bench.threads(),
                bench.rounds(),
                bench.peer().map(Peer::name).orElse("none (" + python + " cannot import torch)"));
        out.printf("%s: %s%n%s%n%s%n%n", chosen.name(), chosen.summary(), environment, setting);
        out.flush();
        Report report = chosen.run(bench);
        report.print(out);
        out.flush();
        if (json != null) {
            ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
            ObjectNode figures = mapper.createObjectNode()
                    .put("workload", chosen.name())
                    .put("environment", environment)
                    .put("setting", setting);
            figures.setAll(report.json());
            mapper.writeValue(json.toFile(), figures);
        }
    }

    private String mainClass() {
        return spec.root().userObject().getClass().getName();
    }

    private static String names() {
        return Workloads.ALL.stream().map(Workload::name).collect(Collectors.joining(", "));
    }

    private CommandLine.ParameterException refused(String option, Object value, String allowed) {
        return new CommandLine.ParameterException(
                spec.commandLine(), option + " is " + value + "; it must be " + allowed);
    }
}
