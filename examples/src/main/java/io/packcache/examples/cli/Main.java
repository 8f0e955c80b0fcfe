package io.packcache.examples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line's entry: exit code 0 when done, 1 when a check failed, 2 when the request cannot be met. */
@Command(
        name = "packcache",
        mixinStandardHelpOptions = true,
        version = "packcache 0.1.0-SNAPSHOT",
        description = "Bounded-memory video generation: text in, video out.")
public final class Main implements Runnable {
    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
