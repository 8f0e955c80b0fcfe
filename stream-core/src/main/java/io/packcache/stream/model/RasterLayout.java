package io.packcache.stream.model;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ids and positions of the tokens of one branch of a next-token model: a prefix, then frames of codes in raster order with
 * their row ends, if the model has any, and an end token. Every token stands at its index in the sequence. Immutable.
 */
public final class RasterLayout {

    private final RasterTokens tokens;
    private final FrameGrid grid;
    private final int[] prefix;

    private RasterLayout(RasterTokens tokens, FrameGrid grid, int[] prefix) {
        this.tokens = tokens;
        this.grid = grid;
        this.prefix = prefix.clone();
    }

    /**
     * The layout of a branch: bos, text, what opens a picture, its size in words where the model is told one, what begins
     * the codes.
     *
     * @param text ids of the prompt; empty for the branch without one
     * @param size ids of the words that say the frame's size; not used where the model is told none
     */
    public static RasterLayout of(RasterTokens tokens, FrameGrid grid, int[] text, int[] size) {
        int[] bos = {tokens.bos()};
        int[][] parts = {bos, text, tokens.opening(), tokens.sizeAsText() ? size : new int[0], tokens.start()};
        return new RasterLayout(
                tokens, grid, Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray());
    }

    FrameGrid grid() {
        return grid;
    }

    int[] prefixIds() {
        return prefix.clone();
    }

    /** The tokens before the first frame. */
    public List<TokenInfo> prefixTokens() {
        List<TokenInfo> list = new ArrayList<>(prefix.length);
        for (int index = 0; index < prefix.length; index++) {
            list.add(TokenInfo.text(TokenPosition.text(index)));
        }
        return list;
    }

    /** Codes of a frame. */
    int codes() {
        return tokens.hasRowEnds() ? grid.codes() : grid.contentLength();
    }

    /** Whether the {@code place}-th token of a frame is a code; the others are forced. */
    boolean isCode(int place) {
        return place < grid.contentLength() && !(tokens.hasRowEnds() && place % (grid.columns() + 1) == grid.columns());
    }

    /** The id of the {@code place}-th token of a frame, where that is no code. */
    int forcedId(int place) {
        return place == grid.contentLength() ? tokens.frameEnd() : tokens.rowEnd();
    }

    int codeId(int code) {
        return tokens.codeOffset() + code;
    }

    /** All ids of a frame. */
    int[] frameIds(int[] codes) {
        int[] ids = new int[grid.frameLength()];
        int code = 0;
        for (int place = 0; place < ids.length; place++) {
            ids[place] = isCode(place) ? codeId(codes[code++]) : forcedId(place);
        }
        return ids;
    }

    /**
     * The {@code place}-th token of a frame.
     *
     * @param slot the frame's place on the time axis
     */
    TokenInfo token(long frame, long slot, int place, boolean condition) {
        TokenPosition position = TokenPosition.text(Math.toIntExact(prefix.length + slot * grid.frameLength() + place));
        if (place == grid.contentLength()) {
            return TokenInfo.marker(frame, 0, position);
        }
        int row = place / (grid.columns() + 1);
        int column = place % (grid.columns() + 1);
        return condition
                ? TokenInfo.condition(frame, row, column, position)
                : TokenInfo.content(frame, row, column, false, position);
    }

    /**
     * All tokens of a frame.
     *
     * @param frame number of the latent frame in the session
     * @param slot its place on the time axis
     * @param condition whether it was given and not generated
     */
    public List<TokenInfo> frameTokens(long frame, long slot, boolean condition) {
        List<TokenInfo> list = new ArrayList<>(grid.frameLength());
        for (int place = 0; place < grid.frameLength(); place++) {
            list.add(token(frame, slot, place, condition));
        }
        return list;
    }
}
