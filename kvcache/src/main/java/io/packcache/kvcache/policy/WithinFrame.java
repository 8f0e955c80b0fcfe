package io.packcache.kvcache.policy;

/** Which tokens of a frame stay when its share is smaller than what it holds. */
public enum WithinFrame {
    /** An even cover of the picture, whatever the tokens say. */
    EVEN,
    /** The same cover, but of each of its patches the token whose value vectors are longest. */
    SCORED
}
