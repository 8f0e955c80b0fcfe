package io.packcache.stream.tokenizer;

import java.io.IOException;
import java.nio.file.Path;

/** Turns a prompt into token ids as a Hugging Face {@code tokenizer.json} says. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class TextTokenizer implements AutoCloseable {

    private TextTokenizer() {}

    /** Reads a {@code tokenizer.json}. */
    public static TextTokenizer open(Path file) throws IOException {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * The ids of a prompt, without any special token around them.
     *
     * @param prompt text
     * @param longest most tokens the caller has room for, at least 1
     * @throws IllegalArgumentException if the prompt is blank, holds a word that the model does not know or a special
     *     token, or is longer than {@code longest} tokens
     */
    public int[] encode(String prompt, int longest) {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public void close() {}
}
