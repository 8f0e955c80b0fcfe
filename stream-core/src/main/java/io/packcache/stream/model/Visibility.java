package io.packcache.stream.model;

import io.packcache.kvcache.TokenInfo;
import io.packcache.kvcache.TokenRole;
import java.util.List;

/**
 * Which rows of a cache each row sees: text what came before it and itself, a token of a frame also all of its frame. So
 * every mask is one count per row.
 */
public final class Visibility {

    private Visibility() {}

    /**
     * Counts the cache rows that each of {@code tokens} sees.
     *
     * @param tokens rows in sequence order; a frame lies in one stretch
     * @param before cache rows in front of the first of them
     */
    public static int[] of(List<TokenInfo> tokens, int before) {
        int[] visible = new int[tokens.size()];
        for (int row = visible.length - 1; row >= 0; row--) {
            boolean seesNext = row + 1 < visible.length && sameFrame(tokens.get(row), tokens.get(row + 1));
            visible[row] = seesNext ? visible[row + 1] : before + row + 1;
        }
        return visible;
    }

    /**
     * How many of the last rows each does not see, or null if each sees all, as
     * {@link io.packcache.kvcache.compute.Attention} wants it.
     */
    static int[] hiddenOrNull(List<TokenInfo> tokens) {
        int[] hidden = of(tokens, 0);
        boolean any = false;
        for (int row = 0; row < hidden.length; row++) {
            hidden[row] = hidden.length - hidden[row];
            any |= hidden[row] > 0;
        }
        return any ? hidden : null;
    }

    /** The same where every row sees what came before it and itself, whatever its frame. */
    static int[] hiddenCausally(int rows) {
        int[] hidden = new int[rows];
        for (int row = 0; row < rows; row++) {
            hidden[row] = rows - 1 - row;
        }
        return rows == 1 ? null : hidden;
    }

    private static boolean sameFrame(TokenInfo token, TokenInfo next) {
        return token.role() != TokenRole.TEXT && token.frame() == next.frame();
    }
}
