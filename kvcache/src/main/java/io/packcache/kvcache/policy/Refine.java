package io.packcache.kvcache.policy;

/** How far a choice of tokens may differ between layers and heads. */
public enum Refine {
    /** The same tokens in every layer and head, by the mean of their scores. */
    NONE,
    /** Each layer its own, by the mean over heads. */
    LAYER,
    /** Each layer and KV head its own. */
    HEAD;

    /** Cells with the same number choose together. */
    int group(int layer, int head, int kvHeads) {
        return this == NONE ? 0 : this == LAYER ? layer : layer * kvHeads + head;
    }
}
