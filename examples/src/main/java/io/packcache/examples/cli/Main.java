package io.packcache.examples.cli;

import io.packcache.examples.bench.BenchCommand;
import io.packcache.examples.checkpoint.SynthesizeCommand;
import io.packcache.examples.verify.VerifyCommand;
import io.packcache.kvcache.compute.Backends;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("render", RenderCommand.class);
        COMMANDS.put("run", RunCommand.class);
        COMMANDS.put("live", LiveCommand.class);
        COMMANDS.put("soak", SoakCommand.class);
        COMMANDS.put("compare", CompareCommand.class);
        COMMANDS.put("evaluate", EvaluateCommand.class);
        COMMANDS.put("policies", PoliciesCommand.class);
        COMMANDS.put("inspect", InspectCommand.class);
        COMMANDS.put("verify", VerifyCommand.class);
        COMMANDS.put("synthesize", SynthesizeCommand.class);
        COMMANDS.put("bench", BenchCommand.class);
    }

    /** Those that compute at once. */
    private static final Set<String> GENERATING = Set.of("render", "run", "live", "soak", "compare", "evaluate");

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        if (args.length > 0 && GENERATING.contains(args[0])) {
            warmUp();
        }
        try {
            System.exit(commandLine(args).execute(args));
        } catch (OutOfMemoryError e) {
            System.err.println("packcache: out of memory (" + e.getMessage()
                    + "); give Java more, as in PACKCACHE_JAVA_OPTS=-Xmx4g");
            System.exit(CommandLine.ExitCode.USAGE);
        }
    }

    /** Compiles kernels from the first moment on, beside reading options and loading a model. */
    private static void warmUp() {
        Thread thread = new Thread(Backends::warmUp, "packcache-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The command line for these arguments, with failures told in one sentence. It knows only the command they name, or all
     * where they name none: reading the options of every command takes longer than many a command.
     */
    static CommandLine commandLine(String... args) {
        Failures failures = new Failures();
        CommandLine line = new CommandLine(new Main());
        Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
        COMMANDS.forEach((name, command) -> {
            if (named == null || named == command) {
                line.addSubcommand(command);
            }
        });
        return line.setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(100);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
