package io.packcache.stream.session;

import io.packcache.stream.model.Clip;
import io.packcache.stream.model.FrameDecoder;

/** What a family of models brings to a session: prompts become token ids, clips become decoders. */
public interface FrameGenerator extends AutoCloseable {

    /**
     * Token ids of a prompt.
     *
     * @throws IllegalArgumentException if the model does not know a word, naming it
     */
    int[] encode(String prompt);

    /** Opens a decoder with caches of its own. Cheap: all arithmetic is left to {@link FrameDecoder#prefill()}. */
    FrameDecoder open(Clip clip);

    /** Frees weights and tokenizer. */
    @Override
    void close();
}
