package io.packcache.examples.onair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.Status;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A line to type on, with the lines that stay above it and the status below. */
final class TerminalScreen implements Screen {

    private static final String PROMPT = "prompt> ";

    private final TypedLines typed = new TypedLines();
    private final Terminal terminal;
    private final LineReader reader;
    private boolean closed;

    TerminalScreen(Terminal terminal) {
        this.terminal = terminal;
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
        typed.from(this::next);
    }

    private String next() {
        try {
            return reader.readLine(PROMPT);
        } catch (UserInterruptException | EndOfFileException e) {
            typed.askToStop(); // Ctrl-C, Ctrl-D
            return null;
        }
    }

    @Override
    public Flux<String> lines() {
        return typed.lines();
    }

    @Override
    public Mono<Void> stop() {
        return typed.stop();
    }

    @Override
    public synchronized void say(String line) {
        if (!closed) {
            reader.printAbove(line);
        }
    }

    @Override
    public synchronized void status(String line) {
        Status status = closed ? null : Status.getStatus(terminal);
        if (status != null) {
            int columns = Math.max(1, terminal.getWidth() - 1);
            status.update(List.of(new AttributedString(line).columnSubSequence(0, columns)));
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Status status = Status.getStatus(terminal, false);
        if (status != null) {
            status.hide();
        }
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give the terminal back", e);
        }
    }
}
