package io.packcache.stream.flow;

import io.packcache.kvcache.snapshot.SnapshotException;
import io.packcache.stream.session.GeneratedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Saves the session behind every n-th frame, through the frame's lease: what the cache holds then, compacted or not, is
 * what a resumed stream goes on from.
 */
public final class Checkpoints implements Passing<GeneratedFrame> {

    private static final String PREFIX = "frame-";
    private static final String SUFFIX = ".packcache";

    private final CheckpointSettings settings;
    private final CheckpointListener listener;
    private final Path directory;

    public Checkpoints(CheckpointSettings settings, CheckpointListener listener) {
        this.settings = settings;
        this.listener = Objects.requireNonNull(listener, "listener");
        this.directory = Path.of(settings.directory());
    }

    /**
     * The newest checkpoint in a directory; empty if there is none.
     *
     * @throws IOException if the directory cannot be read
     */
    public static Optional<Path> newest(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        List<Path> files = files(directory);
        return files.isEmpty() ? Optional.empty() : Optional.of(files.get(0));
    }

    @Override
    public GeneratedFrame pass(GeneratedFrame frame) {
        if ((frame.number() + 1) % settings.everyFrames() == 0) {
            save(frame);
        }
        return frame;
    }

    /** A disk that is full ends no broadcast. */
    private void save(GeneratedFrame frame) {
        long started = System.nanoTime();
        Path file = directory.resolve("%s%012d%s".formatted(PREFIX, frame.number(), SUFFIX));
        try {
            Files.createDirectories(directory);
            frame.lease().save(file);
            for (Path old : files(directory).stream().skip(settings.keep()).toList()) {
                Files.deleteIfExists(old);
            }
        } catch (IOException | SnapshotException e) {
            listener.failed(file, frame.number(), e);
            return;
        }
        listener.written(file, frame.number(), Duration.ofNanos(System.nanoTime() - started));
    }

    /** Newest first. */
    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(Checkpoints::isCheckpoint)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private static boolean isCheckpoint(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }
}
