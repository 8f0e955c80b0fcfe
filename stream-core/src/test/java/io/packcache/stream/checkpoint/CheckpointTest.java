package io.packcache.stream.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void shards() throws IOException {
        Files.write(
                folder.resolve("model-1.safetensors"),
                new SafetensorsBytes()
                        .floats("a", new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
                        .build());
        Files.write(
                folder.resolve("model-2.safetensors"),
                new SafetensorsBytes().brains("b", new float[] {8}, 1).build());
    }

    private void index(String weightMap) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": " + weightMap + "}");
    }

    @Test
    void shardsReadAsOneCheckpoint() throws IOException {
        index("{\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.names()).containsExactly("a", "b");
            assertThat(checkpoint.floats("b")).containsExactly(8);
            float[] rows = new float[4];
            checkpoint.matrix("a", 1, 2).read(0, 2, rows);
            assertThat(rows).containsExactly(3, 4, 5, 6);
            checkpoint.table("a").read(2, rows);
            assertThat(rows).containsExactly(5, 6, 5, 6);
        }
    }

    @Test
    void everyFaultIsListedAtOnceWithBothShapes() throws IOException {
        index("{\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\"}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            Map<String, long[]> expected = Map.of("a", new long[] {2, 3}, "c", new long[] {7});
            assertThatThrownBy(() -> checkpoint.require(expected, name -> false))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("a is [3, 2], expected [2, 3]")
                    .hasMessageContaining("missing c [7]")
                    .hasMessageContaining("unexpected b [1]");
            checkpoint.require(Map.of("a", new long[] {3, 2}), name -> name.equals("b"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"../model-1.safetensors\"",
                "\"/tmp/model-1.safetensors\"",
                "\"sub/model-1.safetensors\"",
                "\"model-1.bin\"",
                "\"\\u0000.safetensors\"",
                "3"
            })
    void anIndexMayOnlyNameItsNeighbours(String file) throws IOException {
        index("{\"a\": " + file + "}");
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("$.weight_map[\"a\"]");
    }

    @Test
    void aShardWithoutTheTensorItShouldHoldIsRefused() throws IOException {
        index("{\"a\": \"model-2.safetensors\"}");
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .hasMessageContaining("model-2.safetensors")
                .hasMessageContaining("\"a\"");
    }

    @Test
    void anIndexWithoutAMapIsRefused() throws IOException {
        index("[]");
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("$.weight_map");
    }

    @Test
    void aFolderWithoutWeightsIsRefused() {
        assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("neither model.safetensors");
    }
}
