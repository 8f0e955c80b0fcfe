package io.packcache.stream.flow;

/** What a pause does to the pictures that are on their way to the viewer. */
public enum PauseMode {
    /** They are still shown; the session generates nothing new. */
    DRAIN,
    /** They stay where they are and are shown when the stream goes on; queues fill up, then the session rests. */
    HOLD,
    /**
     * They are dropped, and the session goes back to the last picture shown: a prompt given during the pause takes hold
     * right there. The request must keep states to go back to, see
     * {@link io.packcache.stream.session.GenerationRequest#withRewind}.
     */
    ROLL_BACK
}
