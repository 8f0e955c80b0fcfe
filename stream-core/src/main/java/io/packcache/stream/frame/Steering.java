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
     * Computes or forgets the history once more under the prompt that is on air, as {@link #switchPrompt} with the same
     * prompt does: against errors that have piled up.
     */
    CompletionStage<Epoch> reanchor(PromptMode mode);

    /**
     * Goes back: the picture after the last one shown is generated again, together with those of its latent frame, and the
     * epoch of all pictures made so far is over at once. The prompt stays what it is.
     *
     * @param shown presentation time of the last picture that anybody saw, in ticks; -1 if there was none
     * @return presentation time of the first picture to come, at most {@code shown + 1}
     * @throws IllegalStateException if the session has ended or failed, or does not keep a state that far back, saying what
     *     to ask for; nothing has changed then
     */
    long rollBack(long shown);

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
