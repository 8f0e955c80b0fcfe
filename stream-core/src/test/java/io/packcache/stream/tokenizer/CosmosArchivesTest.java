package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.TorchArchive;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.testkit.SafetensorsFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tokenizer straight from archives that PyTorch wrote, see torch/make.py. */
class CosmosArchivesTest {

    private static final int[] CODES = new Random(4).ints(6, 0, 64_000).toArray();

    @TempDir
    private Path folder;

    private static Path fixture(String name) throws IOException {
        try {
            return Path.of(CosmosArchivesTest.class
                    .getResource("/io/packcache/stream/torch/" + name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** The same weights as float32 in a safetensors file. */
    private Path asSafetensors() throws IOException {
        SafetensorsFile file = new SafetensorsFile();
        for (String name : List.of("decoder.jit", "encoder.jit")) {
            try (TorchArchive archive = TorchArchive.open(fixture(name))) {
                for (String tensor : archive.names()) {
                    if (archive.type(tensor).isWeight()) {
                        int[] shape = Arrays.stream(archive.shape(tensor))
                                .mapToInt(Math::toIntExact)
                                .toArray();
                        file.put(tensor, archive.floats(tensor), shape);
                    }
                }
            }
        }
        Path target = folder.resolve("wide.safetensors");
        file.write(target);
        return target;
    }

    private static List<byte[]> pictures(PictureTokenizer tokenizer) {
        List<byte[]> pictures = new ArrayList<>();
        try (PictureTokenizer.Decoder decoder =
                tokenizer.decoder(2, 3, TimeBase.ofFramesPerSecond(12), new FramePool())) {
            for (int latent = 0; latent < 2; latent++) {
                for (VideoFrame picture : decoder.decode(CODES)) {
                    pictures.add(Arrays.copyOf(picture.rgb(), 3 * picture.width() * picture.height()));
                    picture.release();
                }
            }
        }
        return pictures;
    }

    @Test
    void archivesInAModelFolderAreTheTokenizerThatTheirNumbersSay() throws IOException {
        for (String name : List.of("decoder.jit", "encoder.jit")) {
            Files.copy(fixture(name), folder.resolve(name));
        }
        float[][] clip = new float[5][3 * 24 * 16];
        Random random = new Random(8);
        for (float[] picture : clip) {
            for (int i = 0; i < picture.length; i++) {
                picture[i] = random.nextFloat() * 2 - 1;
            }
        }
        try (Backend backend = Backends.of("plain");
                CosmosTokenizer stored = (CosmosTokenizer) PictureTokenizers.load(folder, backend);
                CosmosTokenizer wide = CosmosTokenizer.open(asSafetensors(), backend)) {
            assertThat(pictures(stored)).hasSize(5).containsExactlyElementsOf(pictures(wide));
            assertThat(stored.encode(clip, 24, 16)).isDeepEqualTo(wide.encode(clip, 24, 16));
        }
    }

    @Test
    void aDecoderAloneMakesPicturesAndSaysWhatIsMissingToReadThem() throws IOException {
        Files.copy(fixture("decoder.jit"), folder.resolve("decoder.jit"));
        try (Backend backend = Backends.of("plain");
                CosmosTokenizer tokenizer = (CosmosTokenizer) PictureTokenizers.load(folder, backend)) {
            assertThat(pictures(tokenizer)).hasSize(5);
            assertThatThrownBy(() -> tokenizer.encode(new float[1][3 * 8 * 8], 8, 8))
                    .hasMessageContaining("put encoder.jit beside decoder.jit");
        }
    }

    @Test
    void anEncoderInTheDecodersPlaceIsRefusedByTheTensorItLacks() throws IOException {
        Files.copy(fixture("encoder.jit"), folder.resolve("decoder.jit"));
        try (Backend backend = Backends.of("plain")) {
            assertThatThrownBy(() -> PictureTokenizers.load(folder, backend))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("decoder.jit holds no tensor \"post_quant_conv.conv3d.weight\"");
        }
    }
}
