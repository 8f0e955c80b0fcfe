package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import io.packcache.stream.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the picture tokenizer of a model folder. */
public final class PictureTokenizers {

    private static final String DESCRIPTION = "visual_tokenizer.json";
    private static final String WEIGHTS = "visual_tokenizer.safetensors";
    private static final String DECODER = "decoder.jit";
    private static final String ENCODER = "encoder.jit";
    private static final String COSMOS_WEIGHTS = "cosmos*-weights.safetensors";

    private PictureTokenizers() {}

    /**
     * Loads the picture tokenizer in {@code folder}: the kind that {@code visual_tokenizer.json} describes, with its
     * weights in {@code visual_tokenizer.safetensors}; without that description, a {@link CosmosTokenizer} from
     * {@code visual_tokenizer.safetensors}, from the published archives {@code decoder.jit} and {@code encoder.jit}, of
     * which the second may be absent, or from the only file called {@code cosmos*-weights.safetensors}.
     *
     * @param folder model folder
     * @param backend where the weights are packed and the products run; outlives the tokenizer
     * @throws IOException if a file is absent, unreadable, or not what its description says
     */
    public static PictureTokenizer load(Path folder, Backend backend) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder + " is not a model folder");
        }
        Path description = folder.resolve(DESCRIPTION);
        Path weights = folder.resolve(WEIGHTS);
        if (Files.exists(description)) {
            return PatchCodebookTokenizer.open(description, weights, backend);
        }
        Path decoder = folder.resolve(DECODER);
        if (!Files.exists(weights) && Files.exists(decoder)) {
            Path encoder = folder.resolve(ENCODER);
            return CosmosTokenizer.openArchives(Files.exists(encoder) ? encoder : null, decoder, backend);
        }
        return CosmosTokenizer.open(Files.exists(weights) ? weights : cosmosWeights(folder), backend);
    }

    /**
     * The same for a model with so many codes.
     *
     * @throws CheckpointException if the tokenizer has more or fewer: it belongs to another model
     */
    public static PictureTokenizer load(Path folder, Backend backend, int codes) throws IOException {
        PictureTokenizer tokenizer = load(folder, backend);
        if (tokenizer.codebookSize() != codes) {
            tokenizer.close();
            throw new CheckpointException(folder + ": the picture tokenizer has " + tokenizer.codebookSize()
                    + " codes and the model " + codes + "; they do not belong together");
        }
        return tokenizer;
    }

    private static Path cosmosWeights(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, COSMOS_WEIGHTS)) {
            files.forEach(found::add);
        }
        if (found.isEmpty()) {
            throw new CheckpointException(folder + " holds no picture tokenizer: no " + WEIGHTS + " (with or without a "
                    + DESCRIPTION + "), no " + DECODER + " and no " + COSMOS_WEIGHTS);
        }
        if (found.size() > 1) {
            found.sort(null);
            throw new CheckpointException(folder + " holds several picture tokenizers: " + found);
        }
        return found.get(0);
    }
}
