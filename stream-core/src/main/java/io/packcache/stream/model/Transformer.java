package io.packcache.stream.model;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.compute.Weights;
import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.stream.checkpoint.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The weights of a generator and how rows run through them.
 *
 * <p>It holds nothing that changes while it computes: rows and results live in {@link Activations}, keys and values in the
 * caches. So one transformer serves any number of sessions, one at a time on its backend.
 */
public final class Transformer implements AutoCloseable {

    private final TransformerPlan plan;
    private final Backend backend;
    private final Checkpoint checkpoint;
    private final OwnedMemory memory = new OwnedMemory();
    private final EmbeddingTable embeddings;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor finalNorm; // 1 x D
    private final Weights head; // outputs x D

    private Transformer(Checkpoint checkpoint, TransformerPlan plan, Backend backend) throws IOException {
        this.plan = plan;
        this.backend = backend;
        this.checkpoint = checkpoint;
        NetworkConfig network = plan.network();
        WeightLoader loader = new WeightLoader(checkpoint, backend, memory);
        this.embeddings = new EmbeddingTable(checkpoint, network, backend, memory);
        for (int layer = 0; layer < network.layers(); layer++) {
            blocks.add(Block.load(loader, network, layer));
        }
        this.finalNorm = loader.table(NetworkConfig.FINAL_NORM, 1, network.hidden());
        this.head = loader.rows(network.headTensor(), plan.firstOutput(), plan.outputs());
    }

    /**
     * Opens the weights of a model folder. Matrices are read and packed when they are first used, or by {@link #prepare};
     * the embedding table stays in its file, or goes whole into the memory of a backend that has one of its own.
     *
     * @param backend outlives the transformer
     * @throws io.packcache.stream.checkpoint.CheckpointException if the folder does not hold exactly the tensors of the
     *     network
     */
    public static Transformer load(Path folder, TransformerPlan plan, Backend backend) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(folder);
        try {
            checkpoint.require(plan.network().tensors(), plan.network()::ignores);
            return new Transformer(checkpoint, plan, backend);
        } catch (IOException | RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * Reads and packs whatever has not been used yet. On the thread that computes.
     *
     * @throws java.io.UncheckedIOException if a file has become unreadable
     */
    public void prepare(LoadProgress progress) {
        memory.prepare(progress);
    }

    /** The shape of the network. */
    public NetworkConfig network() {
        return plan.network();
    }

    /** Where it computes. */
    public Backend backend() {
        return backend;
    }

    /** The rotary embedding of its queries and keys. */
    public RotaryScheme rotary() {
        return plan.rotary();
    }

    /** Columns of the logits: codes or vocabulary, as loaded. */
    public int headOutputs() {
        return head.outputs();
    }

    /** Bytes of all weights once they are packed. */
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
        try {
            checkpoint.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean causalFrames() {
        return plan.causalFrames();
    }

    EmbeddingTable embeddings() {
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
}
