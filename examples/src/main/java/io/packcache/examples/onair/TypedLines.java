package io.packcache.examples.onair;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Lines on their way from the thread that reads them: a daemon, since a read from a keyboard cannot be called off. */
final class TypedLines {

    /** Reads the next line; null at the end. */
    interface Source {
        String next() throws Exception;
    }

    private final Sinks.Many<String> lines = Sinks.many().unicast().onBackpressureBuffer();
    private final Sinks.Empty<Void> stop = Sinks.empty();

    /** Starts to read. */
    void from(Source source) {
        Thread thread = new Thread(() -> read(source), "packcache-lines");
        thread.setDaemon(true);
        thread.start();
    }

    private void read(Source source) {
        try {
            for (String line = source.next(); line != null; line = source.next()) {
                if (!line.isBlank()) {
                    lines.tryEmitNext(line.strip());
                }
            }
        } catch (Exception e) {
            // Closed, or unreadable: either way nothing more will be typed.
        }
        lines.tryEmitComplete();
    }

    /** The person wants to stop. */
    void askToStop() {
        stop.tryEmitEmpty();
    }

    Flux<String> lines() {
        return lines.asFlux();
    }

    Mono<Void> stop() {
        return stop.asMono();
    }
}
