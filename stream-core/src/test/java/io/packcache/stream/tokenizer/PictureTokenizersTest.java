package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.stream.testkit.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureTokenizersTest {

    @TempDir
    Path folder;

    private final Backend backend = Backends.of("plain");

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void aFolderWithoutAPictureTokenizerIsRefusedSayingWhatWouldBeOne() {
        assertThatThrownBy(() -> PictureTokenizers.load(folder, backend))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no picture tokenizer")
                .hasMessageContaining("visual_tokenizer.safetensors")
                .hasMessageContaining("cosmos*-weights.safetensors");
    }

    @Test
    void somethingThatIsNoFolderIsRefused() {
        assertThatThrownBy(() -> PictureTokenizers.load(folder.resolve("absent"), backend))
                .hasMessageEndingWith("absent is not a model folder");
    }

    @Test
    void severalCosmosFilesAreRefusedNamingThem() throws IOException {
        Files.createFile(folder.resolve("cosmos-b-weights.safetensors"));
        Files.createFile(folder.resolve("cosmos-a-weights.safetensors"));
        assertThatThrownBy(() -> PictureTokenizers.load(folder, backend))
                .hasMessageContaining("several picture tokenizers")
                .hasMessageContaining("cosmos-a-weights.safetensors, ");
    }

    @Test
    void aDescriptionWithoutWeightsIsRefusedNamingTheFile() throws IOException {
        Files.writeString(
                folder.resolve("visual_tokenizer.json"),
                "{\"type\":\"patch-codebook\",\"spatial\":8,\"temporal\":4,\"codes\":2,\"channels\":2,\"blocks\":1}");
        assertThatThrownBy(() -> PictureTokenizers.load(folder, backend))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("visual_tokenizer.safetensors");
    }

    @Test
    void weightsOfSomethingElseAreRefusedNamingTheFirstTensorMissing() throws IOException {
        new SafetensorsFile().put("other", new float[4], 2, 2).write(folder.resolve("cosmos-weights.safetensors"));
        assertThatThrownBy(() -> PictureTokenizers.load(folder, backend))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("encoder.conv_in.0.conv3d.weight");
    }
}
