package io.packcache.kvcache.plan;

/** What a policy may ask to be told about cached tokens beyond their names; collected only when asked for. */
public enum Signal {
    /** Length of a token's value vectors, the mean over layers and KV heads; see {@link FrameView#valueNorms()}. */
    VALUE_NORM
}
