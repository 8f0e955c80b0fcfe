package io.packcache.examples.checkpoint;

import io.packcache.stream.checkpoint.Safetensors;
import io.packcache.stream.checkpoint.TensorFile;
import io.packcache.stream.checkpoint.TorchArchive;
import io.packcache.stream.tokenizer.CosmosTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * What turning codes into pictures will take, from the shapes in the tokenizer's file.
 *
 * @param weights bytes of the decoder's matrices
 * @param working bytes of feature maps: what the layers remember of earlier frames, and some in the making
 * @param operations multiplications and additions for the pictures of one latent frame
 */
record PictureDecoderForecast(long weights, long working, double operations) {

    private static final Pattern TEMPORAL = Pattern.compile("decoder\\..*\\.1\\.conv3d\\.weight");
    private static final Pattern REMEMBERED = Pattern.compile("decoder\\.mid\\.attn_1\\.1\\.[kv]\\.conv3d\\.weight");
    private static final int MAPS_IN_THE_MAKING = 6;

    /** A folder without a picture tokenizer. */
    static final PictureDecoderForecast NONE = new PictureDecoderForecast(0, 0, 0);

    static PictureDecoderForecast of(Path folder, int rows, int columns, int latentFrames) throws IOException {
        Path archive = folder.resolve("decoder.jit");
        Path weights = folder.resolve("visual_tokenizer.safetensors");
        if (!Files.exists(archive) && !Files.exists(weights)) {
            return NONE;
        }
        try (TensorFile file = Files.exists(weights) ? Safetensors.open(weights) : TorchArchive.open(archive)) {
            return of(file, (long) rows * columns, latentFrames);
        }
    }

    private static PictureDecoderForecast of(TensorFile file, long codes, int latentFrames) throws IOException {
        boolean cosmos = file.has("decoder.conv_in.0.conv3d.weight");
        String last = lastStage(file);
        long weights = 0;
        long working = 0;
        long widest = 0;
        double operations = 0;
        for (String name : file.names()) {
            if (cosmos && !isRead(name, last)) {
                continue;
            }
            long[] shape = file.shape(name);
            long numbers = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            long positions = enlarged(name, last) ? 4 * codes : codes;
            weights += numbers * file.type(name).bytes();
            operations += cosmos && shape.length > 1 ? 2.0 * numbers * positions : 0;
            if (TEMPORAL.matcher(name).matches()) {
                long map = positions * shape[1] * Float.BYTES;
                working += map * Math.min(2, latentFrames);
                widest = Math.max(widest, map);
            } else if (REMEMBERED.matcher(name).matches()) {
                working += positions * shape[0] * Float.BYTES * Math.min(CosmosTokenizer.REACH, latentFrames);
            }
        }
        return new PictureDecoderForecast(weights, working + MAPS_IN_THE_MAKING * widest, operations);
    }

    /** Whether the decoder reads a tensor: of the resamplings in the file it does one, in space. */
    private static boolean isRead(String name, String last) {
        boolean resamples = name.contains(".upsample.");
        return name.startsWith("decoder.")
                && (!resamples || (name.startsWith(last) && !name.startsWith(last + "upsample.conv1.")));
    }

    /** Whether a layer works behind the enlargement, on four positions for each code. */
    private static boolean enlarged(String name, String last) {
        return !name.startsWith("decoder.mid")
                && !name.startsWith("decoder.conv_in")
                && (!name.startsWith(last) || name.startsWith(last + "upsample"));
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
