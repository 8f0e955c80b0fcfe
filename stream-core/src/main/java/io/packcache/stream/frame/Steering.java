package io.packcache.stream.frame;

import java.util.concurrent.CompletionStage;

/**
 * What can be asked of a running session by whoever holds a picture or a frame of it, from any thread, at any time. What
 * is asked is checked at once and done on the session's thread before its next frame.
 */
public interface Steering {

    /** Of pictures without a session: refuses everything. */
    Steering NONE = new NoSteering();

    /**
     * Goes on under another prompt. The epoch of the pictures made so far is over at once; a frame being generated is
     * given up and begun again under the new prompt, but only once, so that prompts may come faster than frames.
     *
     * @return the epoch of the pictures under the new prompt, when it begins. Fails with
     *     {@link java.util.concurrent.CancellationException} if a newer prompt came before that, and with the cause if the
     *     history could not be carried over; the stream then goes on under the prompt it had
     * @throws IllegalArgumentException if the model cannot read the prompt, saying why; nothing has changed then
     * @throws IllegalStateException if the session has ended or failed
     */
    CompletionStage<Epoch> switchPrompt(String prompt, PromptMode mode);

    /**
     * Generates no further frame until resumed, whatever the demand; a frame being generated is finished. Pausing twice
     * does nothing.
     *
     * @throws IllegalStateException if the session has ended or failed
     */
    void pause();

    /** Goes on after a pause; does nothing when not paused, and nothing when the session has ended. */
    void resume();
}
