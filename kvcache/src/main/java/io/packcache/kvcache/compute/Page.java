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
}
