package io.packcache.examples.onair;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a person sees and types while a broadcast runs. Safe from any thread. */
public interface Screen extends AutoCloseable {

    /** Lines as they are typed, without the empty ones; ends where input ends. For one subscriber. */
    Flux<String> lines();

    /** Completes when the person wants to stop. */
    Mono<Void> stop();

    /** A line that stays. */
    void say(String line);

    /** The line that takes the place of the one before. */
    void status(String line);

    @Override
    void close();

    /** A line editor with a status line where there is a terminal, else plain lines from and to the standard streams. */
    static Screen open() {
        try {
            // Not "dumb": where there is no terminal, plain lines serve better than an editor without one.
            Terminal terminal =
                    TerminalBuilder.builder().system(true).dumb(false).build();
            return new TerminalScreen(terminal);
        } catch (IOException | IllegalStateException e) {
            return new PlainScreen(System.in, System.err);
        }
    }
}
