package io.packcache.media.file;

import io.packcache.stream.sink.SinkException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The name a file will have, and the file that is written meanwhile: the same one, or a sibling {@code NAME.*.part} that
 * takes the name when it is whole. One thread at a time.
 */
public final class OutputFile {

    private final Path file;
    private final boolean overwrite;
    private final boolean whole;
    private Path written;

    /**
     * Checks, without writing anything, that the file can be made.
     *
     * @param overwrite whether a file of that name is replaced
     * @param whole whether the name appears only when the file is whole
     * @throws SinkException if the name is taken, or its folder absent or read-only
     */
    public OutputFile(Path file, boolean overwrite, boolean whole) throws SinkException {
        this.file = file.toAbsolutePath().normalize();
        this.overwrite = overwrite;
        this.whole = whole;
        Path folder = this.file.getParent();
        if (folder == null || Files.isDirectory(this.file)) {
            throw new SinkException(file + " is a folder; give the name of a file");
        }
        if (!Files.isDirectory(folder)) {
            throw new SinkException("cannot write " + file + ": there is no folder " + folder);
        }
        if (!Files.isWritable(folder)) {
            throw new SinkException("cannot write " + file + ": no permission to write in " + folder);
        }
        if (Files.exists(this.file, LinkOption.NOFOLLOW_LINKS)) {
            if (!overwrite) {
                throw taken();
            }
            if (!Files.isRegularFile(this.file)) {
                throw new SinkException(file + " is no ordinary file, so it is not replaced");
            }
        }
    }

    /** Claims the file to write to, empty; call once. */
    public Path begin() throws SinkException {
        Path candidate = whole ? part() : file;
        try {
            if (!whole && overwrite) {
                Files.deleteIfExists(file);
            }
            written = Files.createFile(candidate);
            return written;
        } catch (FileAlreadyExistsException e) {
            throw taken();
        } catch (IOException e) {
            throw new SinkException("cannot write " + file + ": " + e, e);
        }
    }

    /** Gives the file its name, if it does not have it yet. */
    public void publish() throws SinkException {
        if (!whole) {
            return;
        }
        try {
            if (overwrite) {
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.move(written, file);
            }
        } catch (FileAlreadyExistsException e) {
            throw new SinkException(
                    file + " appeared meanwhile and was left alone; what was finished is " + written, e);
        } catch (IOException e) {
            throw new SinkException("cannot give " + written + " the name " + file.getFileName() + ": " + e, e);
        }
    }

    /** Deletes what was written, which nobody could use. */
    public void discard() {
        if (written == null) {
            return;
        }
        try {
            Files.deleteIfExists(written);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete the useless " + written, e);
        }
    }

    /** The name it will have. */
    public Path file() {
        return file;
    }

    private Path part() {
        String tag = Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000_0000, Integer.MAX_VALUE));
        return file.resolveSibling(file.getFileName() + "." + tag + ".part");
    }

    private SinkException taken() {
        return new SinkException(file + " exists already; choose another name or allow overwriting");
    }
}
