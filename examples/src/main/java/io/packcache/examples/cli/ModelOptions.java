package io.packcache.examples.cli;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.stream.session.VideoModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which model runs, and on what: shared by every command that generates. */
final class ModelOptions {

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Model folder. Default: the demo model shipped with Packcache.")
    private Path model;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "Compute backend: plain, vector or cuda. Default: the best this machine runs.")
    private String backend;

    /** To be filled in from the command line. */
    ModelOptions() {}

    /** What a file asks for. */
    ModelOptions(Optional<String> model, Optional<String> backend) {
        this.model = model.map(Path::of).orElse(null);
        this.backend = backend.orElse(null);
    }

    /** Opens the backend asked for, or the best one; says why no better one runs. */
    Backend openBackend() {
        if (backend == null) {
            Backends.advice().forEach(reason -> System.err.println("packcache: " + reason));
            return Backends.best();
        }
        try {
            return Backends.of(backend);
        } catch (IllegalStateException e) {
            throw new UserError(e.getMessage(), e);
        }
    }

    /** Opens the model asked for, or the shipped one, and brings its weights into memory. */
    VideoModel load(Backend on) throws IOException {
        VideoModel model = open(on);
        try {
            prepare(model);
            return model;
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /** Opens the model asked for, or the shipped one; its weights stay in their files until {@link #prepare}. */
    VideoModel open(Backend on) throws IOException {
        return VideoModel.load(folder(), on);
    }

    /** Brings the weights into memory, those of a large model behind a bar. */
    void prepare(VideoModel model) throws IOException {
        try (LoadBar bar = new LoadBar()) {
            model.prepare(bar);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The model folder asked for, or the shipped one's. */
    Path folder() {
        Path folder = model == null ? shipped() : model;
        if (!Files.isDirectory(folder)) {
            throw new UserError("no model folder at " + folder + "; --model names a folder with a config.json");
        }
        return folder;
    }

    private static Path shipped() {
        return Path.of(System.getProperty("packcache.home", "."), "examples", "models", "demo");
    }
}
