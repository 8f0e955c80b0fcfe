package io.packcache.examples.verify;

import io.packcache.kvcache.position.TokenPosition;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of a sequence as a golden file stores them.
 *
 * @param ids token ids
 * @param positions where each row stands
 */
record StoredRows(int[] ids, List<TokenPosition> positions) {

    /**
     * Reads {@code PREFIX.input_ids} and {@code PREFIX.pos.*}.
     *
     * @param prefix with its last dot, or empty
     */
    static StoredRows read(GoldenFile file, String prefix, int vocabulary) throws IOException {
        int[] ids = file.indices(prefix + "input_ids", -1, vocabulary);
        return new StoredRows(ids, positions(file, prefix, ids.length));
    }

    /** Reads {@code PREFIX.pos.*}. */
    static List<TokenPosition> positions(GoldenFile file, String prefix, int count) throws IOException {
        long[] text = coordinates(file, prefix + "pos.text", count);
        long[] t = coordinates(file, prefix + "pos.t", count);
        long[] h = coordinates(file, prefix + "pos.h", count);
        long[] w = coordinates(file, prefix + "pos.w", count);
        long[] visual = coordinates(file, prefix + "pos.is_visual", count);
        TokenPosition[] positions = new TokenPosition[count];
        for (int i = 0; i < count; i++) {
            positions[i] = visual[i] == 0
                    ? TokenPosition.text((int) text[i])
                    : new TokenPosition(true, (int) text[i], (int) t[i], (int) h[i], (int) w[i]);
        }
        return List.of(positions);
    }

    int size() {
        return ids.length;
    }

    StoredRows slice(int from, int to) {
        return new StoredRows(Arrays.copyOfRange(ids, from, to), positions.subList(from, to));
    }

    private static long[] coordinates(GoldenFile file, String name, int count) throws IOException {
        int[] numbers = file.indices(name, count, Integer.MAX_VALUE);
        return Arrays.stream(numbers).asLongStream().toArray();
    }
}
