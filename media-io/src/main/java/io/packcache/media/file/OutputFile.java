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
 * One file. What can be played as far as it is written has its name from the start; what must be whole is meanwhile a
 * sibling {@code NAME.*.part}. A file that is replaced stays until the new one has its header, or is whole. One thread at
 * a time.
 */
public final class OutputFile implements Destination {

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

    @Override
    public Path begin() throws SinkException {
        // Only a name that must be free can be claimed by making the file; what may be replaced is moved into place.
        Path candidate = whole || overwrite ? part() : file;
        try {
            written = Files.createFile(candidate);
            return written;
        } catch (FileAlreadyExistsException e) {
            throw taken();
        } catch (IOException e) {
            throw new SinkException("cannot write " + file + ": " + e, e);
        }
    }

    @Override
    public void started() throws SinkException {
        if (!whole) {
            giveName();
        }
    }

    @Override
    public void finished() throws SinkException {
        if (whole) {
            giveName();
        }
    }

    private void giveName() throws SinkException {
        if (written.equals(file)) {
            return;
        }
        try {
            if (overwrite) {
                Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.move(written, file);
            }
            written = file;
        } catch (FileAlreadyExistsException e) {
            throw new SinkException(
                    file + " appeared meanwhile and was left alone; what was finished is " + written, e);
        } catch (IOException e) {
            throw new SinkException("cannot give " + written + " the name " + file.getFileName() + ": " + e, e);
        }
    }

    @Override
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

    @Override
    public boolean playsUnfinished() {
        return !whole;
    }

    @Override
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
