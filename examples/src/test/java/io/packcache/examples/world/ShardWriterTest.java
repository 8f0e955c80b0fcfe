package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardWriterTest {
    @Test
    void shardHoldsThePicturesAndTheTruthOfEveryClip(@TempDir Path folder) throws IOException {
        World world = new World(WorldOptions.full(), Split.TRAINING);
        new ShardWriter(world, folder).write("train-00000", 5, 3);
        try (InputStream pictures = new GZIPInputStream(Files.newInputStream(folder.resolve("train-00000.rgb.gz")))) {
            for (long seed = 5; seed < 8; seed++) {
                byte[] expected = world.clip(seed).pixels();
                assertThat(pictures.readNBytes(expected.length)).isEqualTo(expected);
            }
            assertThat(pictures.read()).isEqualTo(-1);
        }
        assertThat(Files.readAllLines(folder.resolve("train-00000.jsonl")))
                .hasSize(3)
                .allMatch(line -> line.startsWith("{\"seed\":") && line.endsWith("}]}"));
    }
}
