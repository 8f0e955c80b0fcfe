package io.packcache.kvcache.plan;

import java.util.List;

/**
 * Some tokens of one layer and KV head become part of another one that stays.
 *
 * <p>{@code into} gets the weighted sum of the keys, taken as if none was rotated, at its own (new) position, and the
 * weighted sum of the values; attention adds ln {@code multiplicity} to its logit. So m tokens with the same key become one
 * without any loss when the values are averaged.
 *
 * @param layer transformer layer
 * @param head KV head
 * @param into stays, by the same plan, in this layer and head
 * @param from leave, by the same plan, in this layer and head; at least one
 * @param keyWeights factor of each key: {@code into} first, then {@code from} in order
 * @param valueWeights factor of each value, in the same order
 * @param multiplicity how many tokens the result stands for from now on, above 0
 */
public record Fold(
        int layer,
        int head,
        Token into,
        List<Token> from,
        float[] keyWeights,
        float[] valueWeights,
        float multiplicity) {

    public Fold {
        from = List.copyOf(from);
        int parts = from.size() + 1;
        if (from.isEmpty() || keyWeights.length != parts || valueWeights.length != parts) {
            throw new IllegalArgumentException("a fold of " + from.size() + " tokens into " + into
                    + " needs at least one token and " + parts + " key and value weights, got " + keyWeights.length
                    + " and " + valueWeights.length);
        }
        if (!(multiplicity > 0) || Float.isInfinite(multiplicity)) {
            throw new IllegalArgumentException(
                    "the multiplicity of " + into + " must be a number above 0, got " + multiplicity);
        }
    }
}
