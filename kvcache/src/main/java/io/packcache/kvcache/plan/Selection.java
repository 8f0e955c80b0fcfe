package io.packcache.kvcache.plan;

import io.packcache.kvcache.CacheShape;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Some content tokens of one frame: the same ones in every layer and KV head, or others by layer, or by layer and head.
 *
 * <p>Kept in the coarsest form that says the same, so two selections of the same tokens are equal. Immutable as long as
 * nobody modifies the bit sets it was made of or gives out.
 */
public final class Selection {

    private static final Selection NOTHING = everywhere(new BitSet());

    private final int heads; // parts of a layer: KV heads if refined by head, else 1
    private final BitSet[] parts; // 1, or layers, or layers x heads

    private Selection(int heads, BitSet[] parts) {
        this.heads = heads;
        this.parts = parts;
    }

    /** No tokens at all. */
    public static Selection nothing() {
        return NOTHING;
    }

    /** The same content indices in every layer and head. */
    public static Selection everywhere(BitSet content) {
        return new Selection(1, new BitSet[] {content});
    }

    /**
     * Content indices by layer.
     *
     * @param layers one set per layer of the cache
     */
    public static Selection byLayer(List<BitSet> layers) {
        BitSet[] parts = layers.toArray(BitSet[]::new);
        return allEqual(parts, 0, parts.length) ? everywhere(parts[0]) : new Selection(1, parts);
    }

    /**
     * Content indices by layer and KV head.
     *
     * @param cells shape (layers, KV heads) of the cache
     */
    public static Selection byCell(BitSet[][] cells) {
        int heads = cells[0].length;
        BitSet[] parts = Arrays.stream(cells).flatMap(Arrays::stream).toArray(BitSet[]::new);
        for (int layer = 0; layer < cells.length; layer++) {
            if (!allEqual(parts, layer * heads, heads)) {
                return new Selection(heads, parts);
            }
        }
        return byLayer(Arrays.stream(cells).map(layer -> layer[0]).toList());
    }

    /** Whether every layer and head has the same tokens. */
    public boolean uniform() {
        return parts.length == 1;
    }

    /** Content indices in one layer and KV head; not to be modified. */
    public BitSet at(int layer, int head) {
        return uniform() ? parts[0] : parts[heads == 1 ? layer : layer * heads + head];
    }

    /** Content indices in at least one layer and head; not to be modified. */
    public BitSet union() {
        if (uniform()) {
            return parts[0];
        }
        BitSet union = new BitSet();
        for (BitSet part : parts) {
            union.or(part);
        }
        return union;
    }

    /** Whether no layer and head has a token. */
    public boolean isEmpty() {
        for (BitSet part : parts) {
            if (!part.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether these tokens are among those of {@code other} in every layer and head.
     *
     * @param shape of the cache
     */
    public boolean isWithin(Selection other, CacheShape shape) {
        if (uniform() && other.uniform()) {
            return contains(other.parts[0], parts[0]);
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                if (!contains(other.at(layer, head), at(layer, head))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Rows these tokens take in all layers and heads together. */
    public long entries(CacheShape shape) {
        long sum = Arrays.stream(parts).mapToLong(BitSet::cardinality).sum();
        return sum * shape.cells() / parts.length;
    }

    /** Whether this selection is refined by layers and heads that a cache of this shape has. */
    public boolean fits(CacheShape shape) {
        return uniform() || (parts.length == shape.layers() * heads && (heads == 1 || heads == shape.kvHeads()));
    }

    /** Bytes of the bit sets, exactly; object headers are not counted. */
    public long bytes() {
        return Arrays.stream(parts).mapToLong(part -> part.size() / Byte.SIZE).sum();
    }

    /** What {@code each} makes of the tokens of every layer and head; it must leave its argument as it is. */
    public Selection map(UnaryOperator<BitSet> each) {
        BitSet[] mapped = Arrays.stream(parts).map(each).toArray(BitSet[]::new);
        if (parts.length == 1 || heads == 1) {
            return byLayer(List.of(mapped));
        }
        BitSet[][] cells = new BitSet[parts.length / heads][];
        Arrays.setAll(cells, layer -> Arrays.copyOfRange(mapped, layer * heads, (layer + 1) * heads));
        return byCell(cells);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Selection selection
                && heads == selection.heads
                && Arrays.equals(parts, selection.parts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(parts);
    }

    @Override
    public String toString() {
        return uniform() ? parts[0].toString() : "Selection" + Arrays.toString(parts);
    }

    private static boolean contains(BitSet all, BitSet some) {
        for (int i = some.nextSetBit(0); i >= 0; i = some.nextSetBit(i + 1)) {
            if (!all.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean allEqual(BitSet[] parts, int from, int count) {
        for (int i = from + 1; i < from + count; i++) {
            if (!parts[i].equals(parts[from])) {
                return false;
            }
        }
        return true;
    }
}
