package io.packcache.kvcache.compute.cuda;

/** In which numbers the backend multiplies; sums are float32 in both. */
public enum Precision {

    /** Everything in float32, weights in their own format: for comparison with the other backends. */
    FLOAT32,

    /** Weights, cached keys and values, and what meets them rounded to bfloat16, on tensor cores: for work. */
    BFLOAT16
}
