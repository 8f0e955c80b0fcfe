package io.packcache.examples.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** The program that writes training shards, the held-out set and the vocabulary. */
public final class WorldShards {
    private static final String USAGE = """
        usage: WorldShards FOLDER TRAINING_SHARDS HELD_OUT_SHARDS CLIPS_PER_SHARD [one|full|bars|large]

        Writes train-NNNNN and heldout-NNNNN shards (.rgb.gz and .jsonl) and vocabulary.txt into FOLDER.
        "one" (the default) draws one object before a plain or graded background; "full" adds bars and
        second objects; "bars" is one object and always a bar; "large" draws 128 x 128 pixels with up to three objects, textures and bars. A shard depends on nothing but its number, its size and the kind of world.
        """;

    private WorldShards() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 4 || args.length > 5) {
            System.err.print(USAGE);
            System.exit(2);
        }
        Path folder = Path.of(args[0]);
        int clips = Integer.parseInt(args[3]);
        WorldOptions options = WorldOptions.named(args.length == 5 ? args[4] : "one");
        Files.createDirectories(folder);
        Files.write(folder.resolve("vocabulary.txt"), CaptionGrammar.vocabulary());
        shards(new ShardWriter(new World(options, Split.HELD_OUT), folder), Split.HELD_OUT, args[2], clips);
        shards(new ShardWriter(new World(options, Split.TRAINING), folder), Split.TRAINING, args[1], clips);
    }

    private static void shards(ShardWriter writer, Split split, String count, int clips) {
        IntStream.range(0, Integer.parseInt(count)).parallel().forEach(number -> {
            try {
                writer.write(ShardWriter.name(split, number), (long) number * clips, clips);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
