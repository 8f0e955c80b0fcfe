package io.packcache.stream.session;

import java.util.ArrayDeque;
import java.util.Iterator;

/** The states that a session can go back to: one before each of its newest frames. Thread-safe. */
final class Rewind {

    private final int most;
    private final ArrayDeque<ClipRun.State> states = new ArrayDeque<>();

    /** @param most states that can be gone back to; some more are kept, so that none vanishes
     *     between asking and going */
    Rewind(int most) {
        this.most = most;
    }

    /** Keeps the state before a frame. */
    void note(ClipRun run, long number) {
        if (most == 0) {
            return;
        }
        ClipRun.State oldest;
        synchronized (this) {
            ClipRun.State newest = states.peekLast();
            if (newest != null && newest.number() == number && newest.changes() == run.changes()) {
                // The frame was given up or failed before: the state is as it was.
                return;
            }
            boolean again = newest != null && newest.number() == number;
            oldest = again ? states.pollLast() : states.size() > most + 1 ? states.pollFirst() : null;
        }
        ClipRun.State state = run.state(number, oldest);
        synchronized (this) {
            states.addLast(state);
        }
    }

    /**
     * The newest state from which the picture after {@code shown} is made again.
     *
     * @throws IllegalStateException if none is kept any more
     */
    synchronized ClipRun.State before(long shown) {
        int back = 0;
        Iterator<ClipRun.State> newestFirst = states.descendingIterator();
        while (newestFirst.hasNext() && back <= most) {
            ClipRun.State state = newestFirst.next();
            if (state.pts() <= shown + 1) {
                return state;
            }
            back++;
        }
        throw new IllegalStateException("the session keeps the states before its newest " + most
                + " latent frames, and picture " + shown + " lies before them; open it with withRewind of more latent"
                + " frames than are in flight");
    }

    /** The newest state; null if there is none. */
    synchronized ClipRun.State newest() {
        return states.peekLast();
    }

    /** Forgets all states after one that was gone back to. */
    synchronized void backTo(ClipRun.State state) {
        while (!states.isEmpty() && states.peekLast().number() > state.number()) {
            states.pollLast();
        }
    }

    synchronized void close() {
        states.clear();
    }
}
