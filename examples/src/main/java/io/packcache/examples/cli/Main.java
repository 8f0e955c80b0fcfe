package io.packcache.examples.cli;

import io.packcache.examples.bench.BenchCommand;
import io.packcache.examples.checkpoint.SynthesizeCommand;
import io.packcache.examples.verify.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line's entry: exit code 0 when done, 1 when a check failed, 2 when the request cannot be met. */
@Command(
        name = "packcache",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Text in, video out, frame by frame, in bounded memory:",
            "after every frame PackCache compacts the model's KV cache, so the hundredth frame costs what the tenth did."
        },
        subcommands = {
            RenderCommand.class,
            RunCommand.class,
            LiveCommand.class,
            SoakCommand.class,
            CompareCommand.class,
            EvaluateCommand.class,
            PoliciesCommand.class,
            InspectCommand.class,
            VerifyCommand.class,
            SynthesizeCommand.class,
            BenchCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Start here:",
            "  packcache render --prompt \"a red circle moves right\" --out red.mp4",
            "",
            "'packcache COMMAND --help' lists a command's options."
        })
public final class Main implements Runnable {

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        try {
            System.exit(commandLine().execute(args));
        } catch (OutOfMemoryError e) {
            System.err.println("packcache: out of memory (" + e.getMessage()
                    + "); give Java more, as in PACKCACHE_JAVA_OPTS=-Xmx4g");
            System.exit(CommandLine.ExitCode.USAGE);
        }
    }

    /** The command line, with failures told in one sentence. */
    static CommandLine commandLine() {
        Failures failures = new Failures();
        return new CommandLine(new Main())
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
