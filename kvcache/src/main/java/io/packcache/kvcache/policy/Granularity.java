package io.packcache.kvcache.policy;

/** What a policy that scores tokens keeps or drops as one. */
public enum Granularity {
    /** Single tokens. */
    TOKEN,
    /** Whole frames, by the mean score of their tokens. */
    FRAME,
    /** Whole chunks of frames, by the mean score of their tokens; a chunk that is not finished stays. */
    CHUNK
}
