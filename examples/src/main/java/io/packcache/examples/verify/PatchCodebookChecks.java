package io.packcache.examples.verify;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.tokenizer.PatchCodebookTokenizer;
import io.packcache.stream.tokenizer.PictureTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tokenizer of the demo checkpoint: 8-bit pictures to codes, codes to 8-bit pictures. */
final class PatchCodebookChecks {

    /** The numbers; the tokenizer itself lies in the model folder. */
    static final String FILE = "visual_tokenizer_goldens.safetensors";

    /** Decoded values are truncated to 8 bits, so a last bit of float may move a pixel by one level. */
    private static final double ONE_LEVEL = 1;

    private static final TimeBase TIME_BASE = TimeBase.ofFramesPerSecond(12);

    private final Checks checks;
    private final GoldenFile file;

    PatchCodebookChecks(Checks checks, GoldenFile file) {
        this.checks = checks;
        this.file = file;
    }

    void check(Path model, Backend backend) throws IOException {
        Path description = model.resolve("visual_tokenizer.json");
        Path weights = model.resolve("visual_tokenizer.safetensors");
        try (PatchCodebookTokenizer tokenizer = PatchCodebookTokenizer.open(description, weights, backend)) {
            if (file.has("enc.pictures")) {
                int[][] codes = tokenizer.encode(pictures());
                checks.exact("visual_tokenizer.enc.indices", file.integers("enc.indices"), StoredClip.flat(codes));
            }
            if (file.has("dec.rgb")) {
                decoder(tokenizer);
            }
        }
    }

    private List<VideoFrame> pictures() throws IOException {
        long[] shape = StoredClip.shape(file, "enc.pictures", 4);
        int[] flat = file.indices("enc.pictures", -1, 256);
        int pixels = (int) (shape[2] * shape[3]);
        int count = (int) shape[1];
        if (shape[0] != 3) {
            throw new CheckpointException(file.place("enc.pictures") + " has " + shape[0] + " channels, expected 3");
        }
        List<VideoFrame> pictures = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            byte[] rgb = new byte[3 * pixels];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) flat[(i % 3 * count + t) * pixels + i / 3];
            }
            pictures.add(VideoFrame.unpooled((int) shape[3], (int) shape[2], t, TIME_BASE, rgb));
        }
        return pictures;
    }

    private void decoder(PatchCodebookTokenizer tokenizer) throws IOException {
        long[] grid = StoredClip.shape(file, "dec.indices", 3);
        long[] shape = StoredClip.shape(file, "dec.rgb", 4);
        int count = (int) shape[1];
        int pixels = (int) (shape[2] * shape[3]);
        float[] found = new float[3 * count * pixels];
        Arrays.fill(found, Float.NaN);
        int at = 0;
        try (PictureTokenizer.Decoder decoder =
                tokenizer.decoder((int) grid[1], (int) grid[2], TIME_BASE, new FramePool())) {
            for (int[] codes : StoredClip.codes(file, "dec.indices", tokenizer.codebookSize())) {
                for (VideoFrame picture : decoder.decode(codes)) {
                    if (at < count && picture.width() == shape[3] && picture.height() == shape[2]) {
                        write(picture.rgb(), at++, count, pixels, found);
                    }
                    picture.release();
                }
            }
        }
        int[] expected = file.indices("dec.rgb", -1, 256);
        float[] levels = new float[expected.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = expected[i];
        }
        checks.within("visual_tokenizer.dec.rgb", levels, found, ONE_LEVEL);
    }

    private static void write(byte[] rgb, int picture, int count, int pixels, float[] target) {
        for (int i = 0; i < 3 * pixels; i++) {
            target[(i % 3 * count + picture) * pixels + i / 3] = rgb[i] & 0xff;
        }
    }
}
