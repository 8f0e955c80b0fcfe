package io.packcache.stream.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.stream.session.GeneratedFrame;
import io.packcache.stream.session.GenerationRequest;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** For tests on a real transformer: a {@linkplain TinyModelFolder tiny model}, loaded anew for each of them. */
public abstract class OnTinyModel {

    private static final long WEIGHTS = 5;

    /** Of the model. */
    @TempDir
    protected Path folder;

    protected Backend backend;
    protected VideoModel model;

    @BeforeEach
    protected void load() throws IOException {
        TinyModelFolder.write(folder, WEIGHTS);
        backend = Backends.of("plain", 1);
        model = VideoModel.load(folder, backend);
    }

    @AfterEach
    protected void close() {
        assertThat(model.pool().live()).as("pictures not released").isZero();
        model.close();
        backend.close();
    }

    /** Always the same video, so long. */
    protected GenerationRequest request(long latentFrames) {
        return model.request("a red circle").withLatentFrames(latentFrames).withSeed(3);
    }

    /** What a frame shows, in the model's own terms. */
    protected static List<Integer> codes(GeneratedFrame frame) {
        return Arrays.stream(frame.codes()).boxed().toList();
    }
}
