package io.packcache.examples.world;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Writes clips for training: {@code NAME.rgb.gz}, the raw pictures of all clips one after the other, and {@code
 * NAME.jsonl}, one line of captions and truth for each clip.
 */
public final class ShardWriter {
    private final World world;
    private final Path folder;

    public ShardWriter(World world, Path folder) {
        this.world = world;
        this.folder = folder;
    }

    /** Writes the clips of seeds {@code first} to {@code first + clips - 1} as one shard. */
    public void write(String name, long first, int clips) throws IOException {
        Files.createDirectories(folder);
        try (OutputStream pictures = new FastGzip(Files.newOutputStream(folder.resolve(name + ".rgb.gz")));
                BufferedWriter lines =
                        Files.newBufferedWriter(folder.resolve(name + ".jsonl"), StandardCharsets.UTF_8)) {
            for (long seed = first; seed < first + clips; seed++) {
                Clip clip = world.clip(seed);
                pictures.write(clip.pixels());
                lines.write(TruthJson.line(clip));
                lines.write('\n');
            }
        }
    }

    /** The name of the shard with a number, such as {@code train-00003}. */
    public static String name(Split split, int number) {
        return String.format(Locale.ROOT, "%s-%05d", split == Split.TRAINING ? "train" : "heldout", number);
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(new BufferedOutputStream(out, 1 << 16), 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
