package io.packcache.media.live;

/** Told how a broadcast fares, on its own thread or, when it ends, on that of its caller. Must not throw or block. */
public interface LiveListener {

    /** How a broadcast fares. */
    enum State {
        /** A try to connect begins. */
        CONNECTING,
        /** The first picture after connecting was sent. */
        LIVE,
        /** The connection was lost or refused; another try follows. */
        RETRYING,
        /** Given up; pictures are refused. */
        FAILED,
        /** Ended in order. */
        CLOSED
    }

    /** Says nothing to nobody. */
    LiveListener NONE = (state, attempt, detail) -> {};

    /**
     * The state changed.
     *
     * @param attempt tries to connect since the stream was last live, counted from 1
     * @param detail one sentence for people, without the stream key
     */
    void changed(State state, int attempt, String detail);
}
