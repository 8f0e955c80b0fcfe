package io.packcache.stream.frame;

import java.util.concurrent.CompletionStage;

/** Nothing to steer: the pictures come from a file, or from a program. */
final class NoSteering implements Steering {

    @Override
    public CompletionStage<Epoch> switchPrompt(String prompt, PromptMode mode) {
        throw refusal();
    }

    @Override
    public CompletionStage<Epoch> reanchor(PromptMode mode) {
        throw refusal();
    }

    @Override
    public long rollBack(long shown) {
        throw refusal();
    }

    @Override
    public void pause() {
        throw refusal();
    }

    @Override
    public void resume() {}

    private static IllegalStateException refusal() {
        return new IllegalStateException("these pictures were not made by a session, so there is nothing to steer");
    }
}
