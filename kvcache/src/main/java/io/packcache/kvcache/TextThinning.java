package io.packcache.kvcache;

/**
 * Thins text evenly to a quota: of n tokens in order those nearest to equal steps stay, the first and the last among
 * them.
 */
final class TextThinning {

    private final int held;
    private final int quota;
    private int seen;
    private int kept;

    TextThinning(int held, int quota) {
        this.held = held;
        this.quota = Math.min(held, quota);
    }

    /** Whether the next text token in order stays. */
    boolean keepsNext() {
        boolean keeps = kept < quota && seen == index(kept);
        seen++;
        if (keeps) {
            kept++;
        }
        return keeps;
    }

    private int index(int ordinal) {
        return quota == 1 ? 0 : (int) ((long) ordinal * (held - 1) / (quota - 1));
    }
}
