package io.packcache.kvcache;

import io.packcache.kvcache.position.TokenPosition;

/**
 * One token as it enters a cache.
 *
 * @param role what the token is
 * @param frame number of its latent frame in the session, from 0; -1 for text
 * @param row row of a content token; -1 for text and frame markers
 * @param column column of a content token (the row end has {@code column == columns}); ordinal of a frame marker within
 *     its frame, markers after the content counting on; -1 for text
 * @param masked true if the token was fed as MASK, so that its keys and values do not show the real code
 * @param position where its key stands
 */
public record TokenInfo(TokenRole role, long frame, int row, int column, boolean masked, TokenPosition position) {

    public TokenInfo {
        boolean text = role == TokenRole.TEXT;
        boolean content = role == TokenRole.FRAME || role == TokenRole.CONDITION;
        if (text != frame < 0 || text != column < 0 || content != row >= 0 || (masked && !content)) {
            throw new IllegalArgumentException("a token of role " + role + " cannot have frame " + frame + ", row "
                    + row + ", column " + column + ", masked " + masked);
        }
    }

    /** A token of the prompt or of the clip's own markers. */
    public static TokenInfo text(TokenPosition position) {
        return new TokenInfo(TokenRole.TEXT, -1, -1, -1, false, position);
    }

    /** The {@code ordinal}-th marker of a frame, from 0. */
    public static TokenInfo marker(long frame, int ordinal, TokenPosition position) {
        return new TokenInfo(TokenRole.FRAME_MARKER, frame, -1, ordinal, false, position);
    }

    /** A code or row end of a conditioning frame. */
    public static TokenInfo condition(long frame, int row, int column, TokenPosition position) {
        return new TokenInfo(TokenRole.CONDITION, frame, row, column, false, position);
    }

    /** A code or row end of a generated frame. */
    public static TokenInfo content(long frame, int row, int column, boolean masked, TokenPosition position) {
        return new TokenInfo(TokenRole.FRAME, frame, row, column, masked, position);
    }
}
