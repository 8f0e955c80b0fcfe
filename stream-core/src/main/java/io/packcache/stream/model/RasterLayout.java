package io.packcache.stream.model;

import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.position.TokenPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * Ids and positions of the tokens of one branch of a next-token model: a prefix, then frames of codes in raster order with
 * their row ends, if the model has any, and an end token. Every token stands at its index in the sequence. Immutable.
 */
final class RasterLayout {

    private final RasterTokens tokens;
    private final FrameGrid grid;
    private final int[] prefix;

    RasterLayout(RasterTokens tokens, FrameGrid grid, int[] prefix) {
        this.tokens = tokens;
        this.grid = grid;
        this.prefix = prefix.clone();
    }

    FrameGrid grid() {
        return grid;
    }

    int[] prefixIds() {
        return prefix.clone();
    }

    List<TokenInfo> prefixTokens() {
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

    /** All tokens of a frame. */
    List<TokenInfo> frameTokens(long frame, long slot, boolean condition) {
        List<TokenInfo> list = new ArrayList<>(grid.frameLength());
        for (int place = 0; place < grid.frameLength(); place++) {
            list.add(token(frame, slot, place, condition));
        }
        return list;
    }
}
