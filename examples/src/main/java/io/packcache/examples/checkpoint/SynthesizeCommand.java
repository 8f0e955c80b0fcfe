package io.packcache.examples.checkpoint;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code synthesize}: a random checkpoint of real size, to rehearse with. */
@Command(
        name = "synthesize",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a model folder of real size with random weights,",
            "to see whether this machine could run such a model before downloading one. Its pictures are noise."
        })
public final class SynthesizeCommand implements Callable<Integer> {

    private static final long SHARD = 1L << 30;

    @Option(names = "--shape", defaultValue = "1b", paramLabel = "SHAPE", description = "tiny, 1b or 3b. Default: 1b.")
    private String shape;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the checkpoint.")
    private Path out;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Same seed, same files. Default: 1.")
    private long seed;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ModelShape chosen = ModelShape.named(shape);
        if (Files.exists(out)) {
            throw new FileAlreadyExistsException(out.toString());
        }
        SyntheticCheckpoint.write(out, chosen.config(), SHARD, seed);
        PrintWriter words = spec.commandLine().getOut();
        words.println(out + ": a " + shape + " model with random weights; try packcache inspect --model " + out);
        words.flush();
        return 0;
    }
}
