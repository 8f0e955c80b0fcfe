package io.packcache.kvcache;

/**
 * Thins text evenly to a quota: of n tokens in order those nearest to equal steps stay, the first and the last among
 * them.
 */
final class TextThinning {

    private TextThinning() {}

    /**
     * Which token stays as number {@code ordinal}.
     *
     * @param held tokens in order
     * @param kept how many of them stay, at most all
     */
    static int token(int ordinal, int held, int kept) {
        return kept == 1 ? 0 : (int) ((long) ordinal * (held - 1) / (kept - 1));
    }
}
