package io.packcache.stream.frame;

/** What becomes of the history when a stream goes on under another prompt. */
public enum PromptMode {
    /**
     * The history stays as it was computed under the old prompt; only the text before it is exchanged, and the frames move
     * with its length. The cheapest and the softest change: the old prompt fades as its frames leave the cache.
     */
    KEEP,
    /**
     * Keys and values of the frames still held are computed again from their codes, after the new text, as LongLive does
     * (arXiv 2509.22622, "KV recache"): the new prompt takes hold at once and the motion goes on. Costs one store pass for
     * each frame held, and for that long a second cache of the guided branch.
     */
    RECACHE,
    /** The history is forgotten, conditioning frames too: a cut. The first latent frame after it is one picture. */
    RESET
}
