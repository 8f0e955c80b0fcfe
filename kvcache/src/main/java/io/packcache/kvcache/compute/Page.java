package io.packcache.kvcache.compute;

/**
 * Encoded rows of one KV head that are attended to beside its raw rows.
 *
 * <p>Keys were encoded as rotated at that moment. Where their frame has moved since, {@code cos} and {@code sin} turn the
 * pairs (j, j + d/2) of a decoded key to where it stands now; turning the queries back by the same angles is the same and
 * cheaper.
 *
 * @param keys rows of head size columns
 * @param values as many rows
 * @param cos length d/2, or null if the keys stand where they were encoded
 * @param sin length d/2, or null with {@code cos}
 * @param bias what is added to the logit of each row, the logarithm of its multiplicity, or null for zeros
 */
public record Page(EncodedRows keys, EncodedRows values, float[] cos, float[] sin, float[] bias) {

    /** Number of rows. */
    public int rows() {
        return keys.rows();
    }

    /**
     * Decodes {@code count} keys from {@code firstRow} on, as they stand now, to the beginning of {@code target}. Allocates
     * nothing.
     */
    public void decodeKeys(int firstRow, int count, float[] target) {
        keys.decode(firstRow, count, target, 0);
        if (cos == null) {
            return;
        }
        int half = cos.length;
        for (int at = 0; at < 2 * count * half; at += 2 * half) {
            for (int j = 0; j < half; j++) {
                float a = target[at + j];
                float b = target[at + j + half];
                target[at + j] = a * cos[j] - b * sin[j];
                target[at + j + half] = b * cos[j] + a * sin[j];
            }
        }
    }
}
