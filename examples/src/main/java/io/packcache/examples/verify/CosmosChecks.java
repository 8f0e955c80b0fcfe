package io.packcache.examples.verify;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.tokenizer.CosmosTokenizer;
import io.packcache.stream.tokenizer.FiniteScalarQuantizer;
import io.packcache.stream.tokenizer.PictureTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The Cosmos tokenizer layer by layer: codes to pictures, and pictures to codes. */
final class CosmosChecks {

    private final Checks checks;
    private final GoldenFile file;
    private final String prefix;
    private final ClipRecorder recorder = new ClipRecorder();

    /**
     * @param prefix what the names of the checks begin with
     */
    CosmosChecks(Checks checks, GoldenFile file, String prefix) {
        this.checks = checks;
        this.file = file;
        this.prefix = prefix;
    }

    void check(Path weights, Backend backend) throws IOException {
        if (file.has("fsq.indices")) {
            quantizer();
        }
        try (CosmosTokenizer tokenizer = CosmosTokenizer.open(weights, backend, recorder)) {
            if (file.has("dec.indices")) {
                decoder(tokenizer);
            }
            if (file.has("enc.video")) {
                encoder(tokenizer);
            }
        }
    }

    private void quantizer() throws IOException {
        FiniteScalarQuantizer quantizer = FiniteScalarQuantizer.COSMOS;
        int[] codes = file.indices("fsq.indices", -1, quantizer.size());
        float[] found = new float[codes.length * quantizer.channels()];
        for (int i = 0; i < codes.length; i++) {
            quantizer.values(codes[i], found, i * quantizer.channels());
        }
        checks.within(prefix + "fsq.codes", file.floats("fsq.codes", codes.length, quantizer.channels()), found, 0);
    }

    private void decoder(CosmosTokenizer tokenizer) throws IOException {
        long[] shape = StoredClip.shape(file, "dec.indices", 3);
        int[][] codes = StoredClip.codes(file, "dec.indices", tokenizer.codebookSize());
        decode(tokenizer, codes, shape);
        for (String name : file.names()) {
            if (name.startsWith("dec.") && !name.equals("dec.indices") && !name.equals("dec.rgb_one_latent")) {
                layer(name, name, name.equals("dec.codes") ? 0 : Checks.LOOSE);
            }
        }
        if (file.has("dec.rgb_one_latent")) {
            decode(tokenizer, Arrays.copyOf(codes, 1), shape);
            layer("dec.rgb_one_latent", "dec.rgb", Checks.LOOSE);
        }
    }

    private void decode(CosmosTokenizer tokenizer, int[][] codes, long[] shape) {
        recorder.clear();
        TimeBase timeBase = TimeBase.ofFramesPerSecond(12);
        try (PictureTokenizer.Decoder decoder =
                tokenizer.decoder((int) shape[1], (int) shape[2], timeBase, new FramePool())) {
            for (int[] latentFrame : codes) {
                decoder.decode(latentFrame).forEach(VideoFrame::release);
            }
        }
    }

    private void encoder(CosmosTokenizer tokenizer) throws IOException {
        recorder.clear();
        float[][] pictures = StoredClip.pictures(file, "enc.video");
        long[] shape = file.shape("enc.video");
        int height = (int) shape[2];
        int width = (int) shape[3];
        int[][] codes = tokenizer.encode(pictures, width, height);
        if (file.has("enc.haar")) {
            layer("enc.haar", "enc.haar", Checks.TIGHT);
        }
        if (file.has("enc.prequant")) {
            layer("enc.prequant", "enc.prequant", Checks.LOOSE);
        }
        if (file.has("enc.indices")) {
            checks.codes(prefix + "enc.indices", file.integers("enc.indices"), StoredClip.flat(codes));
        }
        if (file.has("enc.indices_first_frame_only")) {
            int[][] first = tokenizer.encode(Arrays.copyOf(pictures, 1), width, height);
            checks.codes(
                    prefix + "enc.indices_first_frame_only",
                    file.integers("enc.indices_first_frame_only"),
                    StoredClip.flat(first));
        }
    }

    private void layer(String golden, String recorded, double limit) throws IOException {
        long[] shape = StoredClip.shape(file, golden, 4);
        float[] expected = file.floats(
                golden, Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
        float[] found = recorder.whole(recorded, (int) shape[0]);
        if (found.length == 0) {
            throw new CheckpointException(file.place(golden) + " is a layer that this tokenizer does not have");
        }
        checks.withinScale(prefix + golden, expected, found, limit);
    }
}
