package io.packcache.examples.checkpoint;

import io.packcache.stream.checkpoint.Safetensors;
import io.packcache.stream.checkpoint.TensorFile;
import io.packcache.stream.checkpoint.TorchArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What turning codes into pictures will take, from the shapes in the tokenizer's file.
 *
 * @param weights bytes of the decoder's matrices
 * @param working bytes of feature maps: what the layers remember of earlier frames, and some in the making
 */
record PictureDecoderForecast(long weights, long working) {

    private static final Pattern TEMPORAL = Pattern.compile("decoder\\..*\\.1\\.conv3d\\.weight");
    private static final int MAPS_IN_THE_MAKING = 6;

    static PictureDecoderForecast of(Path folder, int rows, int columns, int latentFrames) throws IOException {
        Path archive = folder.resolve("decoder.jit");
        Path weights = folder.resolve("visual_tokenizer.safetensors");
        if (!Files.exists(archive) && !Files.exists(weights)) {
            return new PictureDecoderForecast(0, 0);
        }
        try (TensorFile file = Files.exists(weights) ? Safetensors.open(weights) : TorchArchive.open(archive)) {
            return of(file, (long) rows * columns, latentFrames);
        }
    }

    private static PictureDecoderForecast of(TensorFile file, long positions, int latentFrames) throws IOException {
        boolean cosmos = file.has("decoder.conv_in.0.conv3d.weight");
        String last = lastStage(file);
        long weights = 0;
        long working = 0;
        long widest = 0;
        for (String name : file.names()) {
            if (cosmos && !name.startsWith("decoder.")) {
                continue;
            }
            long[] shape = file.shape(name);
            long bytes = file.type(name).bytes();
            for (long side : shape) {
                bytes *= side;
            }
            weights += bytes;
            if (TEMPORAL.matcher(name).matches()) {
                boolean small =
                        name.startsWith("decoder.mid") || name.startsWith("decoder.conv_in") || name.startsWith(last);
                long map = (small ? positions : 4 * positions) * shape[1] * Float.BYTES;
                working += map * Math.min(2, latentFrames);
                widest = Math.max(widest, map);
            }
        }
        return new PictureDecoderForecast(weights, working + MAPS_IN_THE_MAKING * widest);
    }

    /** The stage before the pictures are enlarged: the one with the highest number. */
    private static String lastStage(TensorFile file) {
        int stage = 0;
        while (file.has("decoder.up." + (stage + 1) + ".block.0.conv1.0.conv3d.weight")) {
            stage++;
        }
        return "decoder.up." + stage + ".";
    }
}
