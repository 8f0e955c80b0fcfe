package io.packcache.examples.checkpoint;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.position.LinearRope;
import io.packcache.kvcache.position.MmRope;
import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.stream.model.HistoryMask;
import io.packcache.stream.model.ModelConfig;
import io.packcache.stream.model.NetworkConfig;
import io.packcache.stream.model.RasterConfig;
import io.packcache.stream.model.RasterDecoder;
import io.packcache.stream.model.RasterLayout;
import io.packcache.stream.model.SamplingSettings;
import io.packcache.stream.model.SequenceLayout;
import java.util.BitSet;
import java.util.List;

/**
 * How a family of models makes a latent frame, as far as that costs anything.
 *
 * @param network shape of the transformer
 * @param codes columns of the logits
 * @param grid layout of a frame
 * @param branches branches of guidance
 * @param rotary the family's positions on the narrowest head that they allow
 * @param prefix tokens before the first frame
 * @param frames tokens of a frame as they are stored
 * @param causal whether a token sees only those before it in its frame
 * @param batchRows rows that memory is reserved for
 * @param productRows rows that share a matrix product
 * @param passes how often every token of a frame runs through the network
 * @param answers logits that are computed for a frame, of one branch
 */
record FrameProcedure(
        NetworkConfig network,
        int codes,
        FrameGrid grid,
        int branches,
        RotaryScheme rotary,
        List<TokenInfo> prefix,
        FrameTokens frames,
        boolean causal,
        int batchRows,
        int productRows,
        int passes,
        long answers) {

    /** A prompt in its template. */
    static final int TEXT_TOKENS = 150;

    static final int NARROW_HEAD = 32;

    /** The tokens of a frame at its place on the time axis. */
    @FunctionalInterface
    interface FrameTokens {
        List<TokenInfo> of(long frame, long slot);
    }

    /** Lumos-1: the whole frame in every step, and once more when it is stored. */
    static FrameProcedure masked(ModelConfig config, int rows, int columns, SamplingSettings sampling) {
        FrameGrid grid = config.grid(rows, columns);
        SequenceLayout layout = SequenceLayout.guided(config, grid, new int[TEXT_TOKENS], 0, 1);
        BitSet masked = HistoryMask.of(grid.contentLength(), sampling.historyMaskRatio());
        int branches = sampling.guided() ? 2 : 1;
        return new FrameProcedure(
                config.network(),
                config.tokens().codeCount(),
                grid,
                branches,
                new MmRope(NARROW_HEAD, config.network().theta()),
                layout.prefixTokens(),
                (frame, slot) -> layout.frameTokens(frame, slot, masked),
                false,
                branches * grid.frameLength(),
                branches * grid.frameLength(),
                sampling.steps() + 1,
                (long) sampling.steps() * grid.codes());
    }

    /** Emu3 and LWM: every token once, one after the other. */
    static FrameProcedure raster(RasterConfig config, int rows, int columns, SamplingSettings sampling) {
        FrameGrid grid = config.grid(rows, columns);
        int branches = sampling.guided() ? 2 : 1;
        RasterLayout layout = RasterLayout.of(config.tokens(), grid, new int[TEXT_TOKENS], new int[0]);
        return new FrameProcedure(
                config.network(),
                config.tokens().codeCount(),
                grid,
                branches,
                new LinearRope(NARROW_HEAD, config.network().theta(), 1),
                layout.prefixTokens(),
                (frame, slot) -> layout.frameTokens(frame, slot, false),
                true,
                RasterDecoder.BATCH_ROWS,
                branches,
                1,
                grid.frameLength());
    }
}
