package io.packcache.kvcache.plan;

/**
 * What a policy declared it needs, of the guided branch. Every method needs the {@link Signal} of its name.
 *
 * <p>Arrays "by token" follow the ascending content indices that the frame holds in that layer and head,
 * {@code frame.held().at(layer, head)}; conditioning frames answer as generated ones do. All arrays are the caller's.
 *
 * <p>Probes are up to {@link #MOST_PROBES} content tokens of the newest frame on an even grid, whose queries were noted
 * when the frame was stored. A KV head serves a group of query heads, so there are {@code probes x group size} query rows,
 * probe by probe. Before the first frame stored since the signal was declared there are none.
 *
 * <p>Signals are read from the cache when asked for, so they must be asked for before it changes, from one thread at a
 * time. Ask cell by cell, all frames of a layer and head in turn: what frames share is computed once.
 *
 * @see CacheView#signals()
 */
public interface Signals {

    /** Most tokens of a frame whose queries are noted. */
    int MOST_PROBES = 32;

    /** Nothing was declared. */
    Signals NONE = new Signals() {};

    /** Un-rotated keys by token, shape (tokens, head size). Tells of archived frames nothing. */
    default float[] keys(int layer, int head, long frame) {
        throw undeclared(Signal.KEY);
    }

    /** Values by token, shape (tokens, head size). */
    default float[] values(int layer, int head, long frame) {
        throw undeclared(Signal.VALUE);
    }

    /**
     * The mean of the un-rotated keys of a frame, head size long: of its copy if the archive has one, else of what is held;
     * zeros where there is nothing. Needs {@link Signal#KEY}.
     */
    default float[] meanKey(int layer, int head, long frame) {
        throw undeclared(Signal.KEY);
    }

    /** Euclidean length of each key by token. */
    default float[] keyNorms(int layer, int head, long frame) {
        throw undeclared(Signal.KEY_NORM);
    }

    /** Euclidean length of each value by token. */
    default float[] valueNorms(int layer, int head, long frame) {
        throw undeclared(Signal.VALUE_NORM);
    }

    /** Un-rotated queries, shape (query rows, head size). */
    default float[] queries(int layer, int head) {
        throw undeclared(Signal.QUERY);
    }

    /** Number of query rows of every layer and head; 0 before the first frame. Needs {@link Signal#QUERY} or {@link Signal#PROBE_ATTENTION}. */
    default int queryRows() {
        throw undeclared(Signal.QUERY);
    }

    /** Query heads that a KV head serves. Needs what {@link #queryRows} needs. */
    default int queryGroup() {
        throw undeclared(Signal.QUERY);
    }

    /**
     * Attention weights of one query row by token of a frame. Over all frames, text and markers they sum to 1.
     *
     * @param query from 0 to {@link #queryRows()} - 1
     */
    default float[] attention(int layer, int head, int query, long frame) {
        throw undeclared(Signal.PROBE_ATTENTION);
    }

    /**
     * Attention by token, accumulated over the frames stored since the token entered (and the signal was declared), its own
     * included, and divided by their number: the mean weight that a probe gives to the token. 0 for all before the first.
     */
    default float[] attentionMass(int layer, int head, long frame) {
        throw undeclared(Signal.ATTENTION_MASS);
    }

    /**
     * How the newest frame divides its attention, the mean over probes and heads of a layer: element 0 is the newest frame
     * itself, element d the generated frame d places before it among those held. What is missing to 1 went to text,
     * markers and conditioning frames. Empty before the first frame.
     */
    default double[] massByDistance(int layer) {
        throw undeclared(Signal.MASS_BY_DISTANCE);
    }

    /** Length of each token's last hidden state, before the final norm, by token of {@code held().union()}. */
    default float[] hiddenNorms(long frame) {
        throw undeclared(Signal.HIDDEN_NORM);
    }

    /** Sum of magnitudes of each value behind the output projection, the mean over the heads of its group, by token. */
    default float[] projectedValueNorms(int layer, int head, long frame) {
        throw undeclared(Signal.PROJECTED_VALUE_NORM);
    }

    /** What asking for an undeclared signal ends with. */
    static IllegalStateException undeclared(Signal signal) {
        return new IllegalStateException(
                "the signal " + signal + " was not declared; a policy must list it in its signals()");
    }
}
