package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.stream.checkpoint.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The weights of a generator and how rows run through them.
 *
 * <p>It holds nothing that changes while it computes: rows and results live in {@link Activations}, keys and values in the
 * caches. So one transformer serves any number of sessions, one at a time on its backend.
 */
public final class Transformer implements AutoCloseable {

    /** What the head can answer. */
    public enum Head {
        /** Logits of the picture codes only; all that masked decoding needs. */
        CODES,
        /** Logits of the whole vocabulary. */
        VOCABULARY
    }

    private final ModelConfig config;
    private final Backend backend;
    private final RotaryScheme rotary;
    private final OwnedMemory memory;
    private final Tensor embeddings; // V x D
    private final List<Block> blocks;
    private final Tensor finalNorm; // 1 x D
    private final Weights head; // codes or V x D

    private Transformer(Checkpoint checkpoint, ModelConfig config, Backend backend, Head range, OwnedMemory memory)
            throws IOException {
        this.config = config;
        this.backend = backend;
        this.memory = memory;
        this.rotary = new MmRope(config.headSize(), config.theta());
        WeightLoader loader = new WeightLoader(checkpoint, backend, memory);
        String table = "model.embed_tokens.weight";
        this.embeddings = loader.table(table, config.vocabulary(), config.hidden());
        this.blocks = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            blocks.add(Block.load(loader, config, layer));
        }
        this.finalNorm = loader.table("model.norm.weight", 1, config.hidden());
        int first = range == Head.CODES ? config.tokens().codeOffset() : 0;
        int outputs = range == Head.CODES ? config.tokens().codeCount() : config.vocabulary();
        this.head = loader.head(config.tiedEmbeddings() ? table : "lm_head.weight", first, outputs, config.hidden());
    }

    /**
     * Packs a checkpoint for a backend.
     *
     * @param checkpoint may be closed afterwards
     * @param backend outlives the transformer
     * @param range what the head can answer
     * @throws io.packcache.stream.checkpoint.CheckpointException if the checkpoint does not hold exactly the tensors of {@code config}
     */
    public static Transformer load(Checkpoint checkpoint, ModelConfig config, Backend backend, Head range)
            throws IOException {
        checkpoint.require(config.tensors(), unread(config));
        OwnedMemory memory = new OwnedMemory();
        try {
            return new Transformer(checkpoint, config, backend, range, memory);
        } catch (IOException | RuntimeException | Error e) {
            memory.close();
            throw e;
        }
    }

    /** What the model's configuration says. */
    public ModelConfig config() {
        return config;
    }

    /** Where it computes. */
    public Backend backend() {
        return backend;
    }

    /** The rotary embedding of its queries and keys. */
    public RotaryScheme rotary() {
        return rotary;
    }

    /** Columns of the logits: codes or vocabulary, as loaded. */
    public int headOutputs() {
        return head.outputs();
    }

    /** Bytes of all weights. */
    public long bytes() {
        return memory.bytes();
    }

    /**
     * Reserves the rows at the tails of the branches' caches and prepares a pass over them. The pass may run any number of
     * times, each run writing the keys and values anew; then its caches are committed or rolled back.
     *
     * @param activations of this transformer; belongs to the pass until the next is staged
     * @param branches rows that run as one batch, at most {@code activations.rows()} together
     * @throws io.packcache.kvcache.CacheBudgetExceededException if they do not fit; nothing is staged then
     */
    public ForwardPass stage(Activations activations, List<BranchRows> branches) {
        return new ForwardPass(this, activations, branches);
    }

    /** Gives the weights back. */
    @Override
    public void close() {
        memory.close();
    }

    Tensor embeddings() {
        return embeddings;
    }

    List<Block> blocks() {
        return blocks;
    }

    Tensor finalNorm() {
        return finalNorm;
    }

    Weights head() {
        return head;
    }

    private static Predicate<String> unread(ModelConfig config) {
        return name -> name.startsWith("model.vqmodel.")
                || name.endsWith(".rotary_emb.inv_freq")
                || (config.tiedEmbeddings() && name.equals("lm_head.weight"));
    }
}
