package io.packcache.kvcache.tier;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.packcache.kvcache.CacheParts;
import io.packcache.kvcache.snapshot.TensorFileReader;
import io.packcache.kvcache.snapshot.TensorFileWriter;
import io.packcache.kvcache.snapshot.TensorGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The files of one store: one for each frame, in a directory of its own, in the format of snapshots with a CRC-32C for every
 * array and for the header. They do not outlive the store, so they are not forced to the device.
 */
final class FrameFiles {

    private final Path parent;
    private TierDirectory directory; // null before the first file

    /** @param parent where the directory is made; the empty path stands for the system's temporary directory */
    FrameFiles(Path parent) {
        this.parent = parent;
    }

    /** Bytes of the file that {@link #write} would make. */
    static long size(CacheParts parts) {
        return TensorFileWriter.size(parts.description(), TensorGroup.of(parts.arrays()));
    }

    /** Writes a file; it has its name only once it is whole. */
    Path write(long frame, CacheParts parts) throws IOException {
        if (directory == null) {
            directory = TierDirectory.create(parent);
        }
        Path file = directory.path().resolve("frame-" + frame + ".safetensors");
        Path part = directory.path().resolve("frame-" + frame + ".part");
        try {
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                TensorFileWriter.write(out, parts.description(), List.of(TensorGroup.of(parts.arrays())));
            }
            return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(part);
            throw failed;
        }
    }

    /**
     * Reads a file.
     *
     * @throws TierException if it cannot be read, or is not as it was written
     */
    static CacheParts read(long frame, Path file) {
        return read(frame, file, in -> {
            TensorFileReader.Content content = TensorFileReader.read(in);
            if (!(content.description() instanceof ObjectNode description)) {
                throw new IllegalArgumentException("it does not say what it holds");
            }
            return new CacheParts(description, content.arrays());
        });
    }

    /** The same of the header alone. */
    static TensorFileReader.Outline outline(long frame, Path file) {
        return read(frame, file, TensorFileReader::outline);
    }

    private static <T> T read(long frame, Path file, Reading<T> reading) {
        try (FileChannel in = FileChannel.open(file)) {
            return reading.of(in);
        } catch (IOException | IllegalArgumentException refused) {
            throw new TierException(
                    "latent frame " + frame + " cannot be recalled from " + file + ": " + refused.getMessage(),
                    refused);
        }
    }

    /** What is made of an open file. */
    private interface Reading<T> {
        T of(FileChannel in) throws IOException;
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            throw new UncheckedIOException("the file " + file + " of a tier cannot be deleted", stays);
        }
    }

    /** Deletes all files. */
    void close() {
        if (directory != null) {
            directory.close();
            directory = null;
        }
    }
}
