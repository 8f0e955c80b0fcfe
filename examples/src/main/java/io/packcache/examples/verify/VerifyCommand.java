package io.packcache.examples.verify;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify}: compares the engine with a golden folder, tensor by tensor. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Compares the engine with a folder of golden numbers, tensor by tensor.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every comparison is within its limit",
            "1:at least one is not",
            "2:the folder holds nothing to check, or a file is missing or damaged"
        })
public final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Golden folder; any part of the format will do.")
    private Path folder;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Folder of the model that made the numbers. Default: the golden folder itself.")
    private Path model;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "What computes: plain, vector, ... Default: the fastest that runs here.")
    private String backend;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try (Backend opened = backend == null ? Backends.best() : Backends.of(backend)) {
            GoldenVerifier.Report report = GoldenVerifier.verify(folder, model == null ? folder : model, opened);
            PrintWriter out = spec.commandLine().getOut();
            VerifyTable.lines(report).forEach(out::println);
            out.flush();
            return report.passed() ? 0 : 1;
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            err.println("packcache verify: " + e.getMessage());
            err.flush();
            return 2;
        }
    }
}
