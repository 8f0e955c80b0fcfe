package io.packcache.stream.model;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.position.LinearRope;
import io.packcache.stream.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.Set;

/**
 * What {@code config.json} says of a model that writes its frames token by token in raster order: Emu3 (arXiv 2409.18869)
 * or LWM (arXiv 2402.08268). Positions are plain one-dimensional indices.
 *
 * @param network shape of the transformer
 * @param tokens ids with a meaning
 * @param firstOutput row of the head that answers with code 0
 */
public record RasterConfig(NetworkConfig network, RasterTokens tokens, int firstOutput) {

    /** Values of {@code model_type} that this reads. */
    public static final Set<String> MODEL_TYPES = Set.of("Emu3", "lwm");

    /**
     * Reads {@code config.json} of a model folder.
     *
     * @throws CheckpointException if it is absent, malformed, or describes a model that cannot be run; the message names
     *     the JSON path
     */
    public static RasterConfig read(Path folder) throws CheckpointException {
        return new RasterConfigReader(folder.resolve("config.json")).read();
    }

    /** A transformer that answers with picture codes. */
    public TransformerPlan plan() {
        LinearRope rotary = new LinearRope(network.headSize(), network.theta(), network.positionScale());
        return new TransformerPlan(network, rotary, true, firstOutput, tokens.codeCount());
    }

    /**
     * Layout of a frame of {@code rows} x {@code columns} codes: an end marker behind them. Where rows have no end token
     * the whole frame is one row whose last code stands in the place of the row end.
     */
    public FrameGrid grid(int rows, int columns) {
        return tokens.hasRowEnds()
                ? new FrameGrid(rows, columns, 0, 1)
                : new FrameGrid(1, Math.max(1, Math.multiplyExact(rows, columns) - 1), 0, 1);
    }
}
