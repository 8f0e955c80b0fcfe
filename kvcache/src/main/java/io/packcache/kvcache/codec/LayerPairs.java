package io.packcache.kvcache.codec;

/**
 * Adjacent layers that store one direction for the keys, and one for the values, of a token they both hold: MiniCache's
 * format ({@link LayerMerge}). Pairs are (first, first + 1), (first + 2, first + 3) and so on;
 * layers before the first, and a last one without a partner, are stored each for itself.
 *
 * @param first first layer of the first pair, at least 0
 * @param weight where the shared direction lies on the way from the first layer's to the second's, 0 to 1
 * @param retention how close to the largest angle between two layers a token's may come before both keep it as it is:
 *     0 to 1 of the distance between the largest and the smallest angle
 */
public record LayerPairs(int first, double weight, double retention) {

    public LayerPairs {
        if (first < 0 || !(weight >= 0 && weight <= 1) || !(retention >= 0 && retention <= 1)) {
            throw new IllegalArgumentException("layer pairs begin at layer 0 or later and have a weight and a retention"
                    + " of 0 to 1, got layer " + first + ", weight " + weight + " and retention " + retention);
        }
    }

    /** Whether the layer and the one behind it are a pair in a cache of so many layers. */
    public boolean leads(int layer, int layers) {
        return layer >= first && (layer - first) % 2 == 0 && layer + 1 < layers;
    }
}
