package io.packcache.stream.session;

import io.packcache.kvcache.CacheBudget;
import io.packcache.kvcache.plan.Signal;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.FrameDecoder;
import io.packcache.stream.model.LoadProgress;
import java.util.Set;

/** What a family of models brings to a session: prompts become token ids, clips become decoders. */
public interface FrameGenerator extends AutoCloseable {

    /**
     * Token ids of a prompt.
     *
     * @throws IllegalArgumentException if the model does not know a word, naming it
     */
    int[] encode(String prompt);

    /** Number of picture codes the model can say; its picture tokenizer must have as many. */
    int codes();

    /** Brings into memory what is still in files, which otherwise happens as it is first used. */
    default void prepare(LoadProgress progress) {}

    /**
     * Refuses a clip that the model cannot generate, such as one of a size it has no words for. Cheap.
     *
     * @param clip without its condition
     * @throws IllegalArgumentException saying what would be right
     */
    void check(Clip clip);

    /**
     * Opens a decoder with caches of its own. Cheap: all arithmetic is left to {@link FrameDecoder#prefill()}.
     *
     * @param budget hard limit of each branch's cache
     */
    FrameDecoder open(Clip clip, CacheBudget budget);

    /** What its decoders can tell a policy beyond the names of tokens; nothing unless a model says otherwise. */
    default Set<Signal> signals() {
        return Set.of();
    }

    /** Whether its decoders have an archive for frames. */
    default boolean archives() {
        return false;
    }

    /**
     * Tells this model from others, so that no state of one is loaded into another: the same for the same files. Empty if
     * the model cannot be told, and states of it cannot be saved.
     */
    default String fingerprint() {
        return "";
    }

    /** Frees weights and tokenizer. */
    @Override
    void close();
}
