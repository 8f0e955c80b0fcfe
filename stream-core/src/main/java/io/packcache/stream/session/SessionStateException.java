package io.packcache.stream.session;

/** A session was asked for something that its state does not allow; the message says what would be right. */
public final class SessionStateException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final GenerationSession.State state;

    SessionStateException(GenerationSession.State state, String refused, String right) {
        super("the session is " + state + " and cannot " + refused + "; " + right);
        this.state = state;
    }

    /** The state that refused. */
    public GenerationSession.State state() {
        return state;
    }
}
