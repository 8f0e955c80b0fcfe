package io.packcache.examples.cli;

import io.packcache.examples.pipelines.Pipeline;
import io.packcache.kvcache.compute.Backend;
import io.packcache.media.SinkSettings;
import io.packcache.stream.flow.TeeSummary;
import io.packcache.stream.pipeline.PipelineSpec;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A pipeline out of a JSON file. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Run a pipeline: model, request, policy, operators and sinks from a JSON file.",
            "Example: examples/pipelines/two-sinks.json"
        })
final class RunCommand implements Callable<Integer> {

    @Parameters(paramLabel = "PIPELINE", description = "The JSON file.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PipelineSpec<SinkSettings> pipeline = Pipeline.format().read(file);
        ModelOptions models = new ModelOptions(pipeline.model(), pipeline.backend());
        try (Backend backend = models.openBackend();
                VideoModel model = models.load(backend)) {
            return run(Pipeline.of(pipeline, model));
        }
    }

    private int run(Pipeline pipeline) throws IOException {
        try (Interruption interruption = new Interruption();
                RenderProgress progress = new RenderProgress(file.getFileName().toString(), pipeline.pictures())) {
            TeeSummary written = pipeline.run(progress::made, interruption.signal(), System.out)
                    .block();
            progress.close();
            return report(written);
        }
    }

    /** Pictures may go to standard output; words never do here. */
    private int report(TeeSummary written) {
        PrintWriter words = spec.commandLine().getErr();
        for (TeeSummary.Branch sink : written.branches()) {
            words.printf(
                    "%s: %d pictures, %d dropped%s%n",
                    sink.name(),
                    sink.written().written(),
                    sink.written().discarded(),
                    sink.failure()
                            .map(failure -> ", failed: " + failure.getMessage())
                            .orElse(""));
        }
        words.flush();
        return written.branches().stream().anyMatch(sink -> sink.failure().isPresent()) ? 1 : 0;
    }
}
