package io.packcache.operators.akka;

import java.util.concurrent.CompletionStage;

/** A handle on a generation that runs inside a stream. Thread-safe. */
public interface GenerationControl {

    /**
     * Ends the generation after the latent frame it is at: what was generated flows on, then the stream completes, so that
     * a sink finishes its file and tells its summary. Does nothing after the end.
     */
    void stop();

    /** Latent frames handed on, once the stream no longer generates; or what went wrong. */
    CompletionStage<Long> ended();
}
