package io.packcache.stream.flow;

import io.packcache.stream.frame.PromptMode;

/** What became of a prompt that was sent to a stream on air. Every prompt comes to exactly one of these ends. */
public sealed interface PromptEvent {

    /** The prompt. */
    String prompt();

    /**
     * The first picture under the prompt goes by.
     *
     * @param epoch of that picture
     * @param latentFrame that it belongs to
     * @param pts its presentation time, in ticks of its time base
     */
    record Shown(String prompt, PromptMode mode, long epoch, long latentFrame, long pts) implements PromptEvent {}

    /** A newer prompt came before any picture was made under this one. */
    record Overtaken(String prompt) implements PromptEvent {}

    /** The stream goes on under the prompt it had. */
    record Refused(String prompt, Throwable reason) implements PromptEvent {}

    /** The stream ended before any picture was made under the prompt. */
    record TooLate(String prompt) implements PromptEvent {}
}
