package io.packcache.stream.flow;

import java.util.concurrent.atomic.AtomicReference;

/** Pauses a stream at its pause gate and lets it go on. Made by the user, for one running stream. Thread-safe. */
public final class PauseControl {

    private final AtomicReference<PauseGate> gate = new AtomicReference<>();
    private PauseMode mode;

    /**
     * Pauses. Pausing again changes the mode; a rolled back stream stays rolled back.
     *
     * @throws IllegalStateException if the stream cannot roll back that far, or was not made by a session, saying what would
     *     be right; it is then not paused
     */
    public synchronized void pause(PauseMode wanted) {
        PauseGate open = gate.get();
        if (open != null) {
            open.pause(wanted);
        }
        mode = wanted;
    }

    /** Goes on; does nothing when not paused. */
    public synchronized void resume() {
        mode = null;
        PauseGate open = gate.get();
        if (open != null) {
            open.resume();
        }
    }

    /** How the stream is paused; null while it is not. */
    public synchronized PauseMode mode() {
        return mode;
    }

    /** A gate begins to listen; a pause that came before it holds. */
    synchronized void attach(PauseGate opening) {
        if (!gate.compareAndSet(null, opening)) {
            throw new IllegalStateException(
                    "this pause control already serves a running stream; make one for each subscription");
        }
        if (mode != null) {
            opening.pause(mode);
        }
    }

    void detach(PauseGate closing) {
        gate.compareAndSet(closing, null);
    }
}
