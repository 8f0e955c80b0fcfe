package io.packcache.examples.checkpoint;

import io.packcache.kvcache.compute.NumberFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
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

    @ArgGroup
    private Source source = new Source();

    /** What the model is like. */
    private static final class Source {

        @Option(names = "--shape", paramLabel = "SHAPE", description = "tiny, 1b or 3b. Default: 1b.")
        private String shape;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description =
                        "The config.json of a checkpoint: the small file is enough to try what the large ones take.")
        private Path config;

        String json() throws IOException {
            return config == null
                    ? ModelShape.named(shape == null ? "1b" : shape).config()
                    : Files.readString(config);
        }
    }

    @Option(
            names = "--weights",
            paramLabel = "FORMAT",
            defaultValue = "bfloat16",
            description = "bfloat16, float16 or float32. Default: bfloat16.")
    private NumberFormat format;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "New folder for the checkpoint.")
    private Path out;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Same seed, same files. Default: 1.")
    private long seed;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        String config = source.json();
        if (Files.exists(out)) {
            throw new IllegalArgumentException(out + " exists; --out names a new folder");
        }
        SyntheticCheckpoint.write(out, config, format, SHARD, seed);
        PrintWriter words = spec.commandLine().getOut();
        words.println(out + ": a model with random weights; try packcache inspect --model " + out);
        words.flush();
        return 0;
    }
}
