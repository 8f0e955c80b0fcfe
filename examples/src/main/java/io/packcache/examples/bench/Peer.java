package io.packcache.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PyTorch in a process of its own, asked line by line; see {@code examples/benchmarks/serve.py}. */
final class Peer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;
    private final String name;

    private Peer(Process process) throws IOException {
        this.process = process;
        this.requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.name = read().path("name").asText();
    }

    /**
     * Starts the peer.
     *
     * @param script its name in {@code examples/benchmarks}
     * @param python the interpreter, one that can import torch
     * @return nothing if it cannot
     */
    static Optional<Peer> start(String python, String script) {
        Path file = Path.of(System.getProperty("packcache.home", "."), "examples", "benchmarks", script);
        try {
            return Optional.of(new Peer(new ProcessBuilder(python, "-B", file.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What it calls itself, with its version. */
    String name() {
        return name;
    }

    static ObjectNode request(String operation, int threads) {
        return JSON.createObjectNode().put("op", operation).put("threads", threads);
    }

    /**
     * Asks and waits for the answer.
     *
     * @throws IllegalStateException if the peer could not do it; the message is its own
     */
    JsonNode ask(JsonNode request) {
        try {
            requests.write(request.toString());
            requests.newLine();
            requests.flush();
            JsonNode answer = read();
            if (answer.has("error")) {
                throw new IllegalStateException(
                        name + " failed: " + answer.path("error").asText());
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks for work to be timed; seconds of each repetition. */
    List<Double> seconds(JsonNode request) {
        List<Double> seconds = new ArrayList<>();
        ask(request).path("seconds").forEach(value -> seconds.add(value.asDouble()));
        return seconds;
    }

    private JsonNode read() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the peer process ended");
        }
        return JSON.readTree(line);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
