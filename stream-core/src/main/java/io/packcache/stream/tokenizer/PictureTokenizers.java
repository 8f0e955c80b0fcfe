package io.packcache.stream.tokenizer;

import io.packcache.kvcache.compute.Backend;
import java.io.IOException;
import java.nio.file.Path;

/** Finds the picture tokenizer of a model folder. */
@SuppressWarnings("DoNotCallSuggester")
public final class PictureTokenizers {

    private PictureTokenizers() {}

    /**
     * Loads the picture tokenizer in {@code folder}: the kind that {@code visual_tokenizer.json} names, with its weights
     * in {@code visual_tokenizer.safetensors}; without that description, a {@link CosmosTokenizer} from
     * {@code visual_tokenizer.safetensors} or from the only file called {@code cosmos*-weights.safetensors}.
     *
     * @param folder model folder
     * @param backend where the weights are packed and the products run; outlives the tokenizer
     * @throws IOException if a file is absent, unreadable, or not what its description says
     */
    public static PictureTokenizer load(Path folder, Backend backend) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }
}
