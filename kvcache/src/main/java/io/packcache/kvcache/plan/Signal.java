package io.packcache.kvcache.plan;

/** What a policy may ask to be told beyond the names of tokens; collected only when declared, see {@link Signals}. */
public enum Signal {
    /** Keys, un-rotated. */
    KEY,
    /** Values. */
    VALUE,
    /** Length of each key. */
    KEY_NORM,
    /** Length of each value. */
    VALUE_NORM,
    /** Queries of some tokens of the newest frame, un-rotated. */
    QUERY,
    /** How those queries divide their attention among what is held. */
    PROBE_ATTENTION,
    /** Attention each token has drawn since it entered, the mean over the probes of every frame since. */
    ATTENTION_MASS,
    /** Attention of the newest frame by distance in time. */
    MASS_BY_DISTANCE,
    /** Length of the model's last hidden state of each token when it was stored. */
    HIDDEN_NORM,
    /** Length of what each value becomes behind the output projection of its layer. */
    PROJECTED_VALUE_NORM
}
