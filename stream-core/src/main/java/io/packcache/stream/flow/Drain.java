package io.packcache.stream.flow;

import io.packcache.stream.frame.VideoFrame;

/**
 * Where pictures leave a stream. An adapter of a stream library feeds it, as much as it has room for, and says how the
 * stream ended; it answers through a {@link Listener}. Thread-safe.
 */
public interface Drain {

    /**
     * Told what happens, from any thread. Must not throw or wait.
     *
     * @param <S> what is told at the end
     */
    interface Listener<S> {

        /** There is room for so many pictures more; {@link Long#MAX_VALUE} for no limit from now on. */
        void room(long places);

        /** Nothing more will be taken: the source may stop. */
        void refused();

        /**
         * Everything is closed. The last call, made exactly once.
         *
         * @param failure what went wrong, at the source, in writing or in closing; null if nothing did
         */
        void closed(S summary, Throwable failure);
    }

    /** Begins, and tells how much room there is. To be called once, also when nothing will come. */
    void start();

    /** Takes a picture over; one for which there is no room ends the writing, one that comes after the end is released. */
    void offer(VideoFrame picture);

    /** No more pictures will come; what waits is still written. */
    void complete();

    /** The source failed; what waits is still written. */
    void fail(Throwable cause);

    /** Nobody wants the rest: what waits is released. */
    void cancel();

    /** The stream broke down: same as {@link #cancel}, with a failure to tell. */
    void abort(Throwable cause);
}
