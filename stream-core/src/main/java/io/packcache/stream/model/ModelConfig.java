package io.packcache.stream.model;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.stream.checkpoint.CheckpointException;
import java.nio.file.Path;

/**
 * What {@code config.json} says of a model of the Lumos-1 family (arXiv 2507.08801): a Llama block with LayerNorm on the
 * queries and keys of every head and MM-RoPE positions.
 *
 * @param network shape of the transformer; its head size is a multiple of 32
 * @param tokens ids with a meaning
 * @param gridUnit pixels that a frame's size tokens count in; a code covers 8 x 8 pixels
 */
public record ModelConfig(NetworkConfig network, SpecialTokens tokens, int gridUnit) {

    /** Pixels on a side of one code's cell. */
    public static final int CELL_PIXELS = 8;

    /** Marker tokens before a frame's content: begin, height, width. */
    public static final int MARKERS_BEFORE = 3;

    /** Marker tokens after a frame's content: end. */
    public static final int MARKERS_AFTER = 1;

    /**
     * Reads {@code config.json} of a model folder.
     *
     * @throws CheckpointException if it is absent, malformed, or describes a model that cannot be run; the message names
     *     the JSON path
     */
    public static ModelConfig read(Path folder) throws CheckpointException {
        return new ModelConfigReader(folder.resolve("config.json")).read();
    }

    /** How queries and keys turn. */
    public RotaryScheme rotary() {
        return new MmRope(network.headSize(), network.theta(), network.positionScale());
    }

    /** A transformer that answers with picture codes only; all that masked decoding needs. */
    public TransformerPlan codesPlan() {
        return new TransformerPlan(network, rotary(), false, tokens.codeOffset(), tokens.codeCount());
    }

    /** A transformer that answers with the whole vocabulary. */
    public TransformerPlan vocabularyPlan() {
        return new TransformerPlan(network, rotary(), false, 0, network.vocabulary());
    }

    /** Layout of a frame of {@code rows} x {@code columns} codes. */
    public FrameGrid grid(int rows, int columns) {
        return new FrameGrid(rows, columns, MARKERS_BEFORE, MARKERS_AFTER);
    }
}
