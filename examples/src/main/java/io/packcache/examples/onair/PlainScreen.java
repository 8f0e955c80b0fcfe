package io.packcache.examples.onair;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lines in and out, for pipes and logs: the status goes by every ten seconds. */
final class PlainScreen implements Screen {

    private static final long BETWEEN = Duration.ofSeconds(10).toNanos();

    private final TypedLines typed = new TypedLines();
    private final PrintStream out;
    private long nextStatus = System.nanoTime() + BETWEEN;

    PlainScreen(InputStream in, PrintStream out) {
        this.out = out;
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()));
        typed.from(reader::readLine);
    }

    @Override
    public Flux<String> lines() {
        return typed.lines();
    }

    @Override
    public Mono<Void> stop() {
        return Mono.never();
    }

    @Override
    public synchronized void say(String line) {
        out.println(line);
    }

    @Override
    public synchronized void status(String line) {
        long now = System.nanoTime();
        if (now - nextStatus >= 0) {
            nextStatus = now + BETWEEN;
            out.println(line);
        }
    }

    @Override
    public void close() {
        out.flush();
    }
}
