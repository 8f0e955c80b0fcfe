package io.packcache.examples.cli;

import io.packcache.examples.checkpoint.Inspection;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.policy.PolicyPresets;
import io.packcache.stream.session.GenerationDefaults;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a checkpoint is and what it would cost here, before anything is loaded. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        description = "Say what a model is, and what a request would take on this machine, before anything is loaded.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the request fits", "1:it does not", "2:the folder is no model that can be run"})
final class InspectCommand implements Callable<Integer> {

    @Mixin
    private ModelOptions models;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = PictureSize.Converter.class,
            description = "Size of the model's pictures. Default: the model's.")
    private PictureSize size;

    @Option(names = "--latent-frames", paramLabel = "N", description = "Length of the clip. Default: the model's.")
    private Integer latentFrames;

    @Option(
            names = "--policy",
            defaultValue = "packcache",
            paramLabel = "POLICY",
            description = "What the cache keeps. Default: packcache.")
    private String policy;

    @Mixin
    private SamplingOptions sampling;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path folder = models.folder();
        GenerationDefaults defaults = GenerationDefaults.read(folder);
        try (Backend backend = models.openBackend()) {
            Inspection.Request request = new Inspection.Request(
                    size == null ? defaults.width() : size.width(),
                    size == null ? defaults.height() : size.height(),
                    latentFrames == null ? defaults.latentFrames() : latentFrames,
                    sampling.over(defaults.sampling()));
            Inspection inspection = Inspection.of(folder, request, PolicyPresets.of(policy), backend);
            PrintWriter out = spec.commandLine().getOut();
            inspection.lines().forEach(out::println);
            out.flush();
            return switch (inspection.verdict()) {
                case FITS -> 0;
                case TOO_LARGE -> 1;
                case INCOMPLETE -> 2;
            };
        }
    }
}
