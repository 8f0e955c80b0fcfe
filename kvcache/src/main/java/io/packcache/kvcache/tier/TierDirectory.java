package io.packcache.kvcache.tier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A directory for the files of one store, which goes with the process: a lock on a file in it says that its owner lives. What
 * processes that were killed have left behind is deleted when the next directory is made beside it.
 */
final class TierDirectory implements AutoCloseable {

    private static final String PREFIX = "packcache-tier-";
    private static final String OWNER = "owner";

    /** Those of this process: to open an owner file and close it again would give up its lock, as POSIX has it. */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path path; // real
    private final FileChannel owner; // locked

    private TierDirectory(Path path, FileChannel owner) {
        this.path = path;
        this.owner = owner;
    }

    /**
     * Makes a directory and clears those whose owners are gone.
     *
     * @param parent where; the empty path stands for the system's temporary directory
     */
    static TierDirectory create(Path parent) throws IOException {
        Path directory = (parent.toString().isEmpty()
                        ? Files.createTempDirectory(PREFIX)
                        : Files.createTempDirectory(parent, PREFIX))
                .toRealPath();
        OWN.add(directory);
        Path unnamed = directory.resolve(OWNER + ".new");
        try {
            FileChannel owner = own(unnamed, directory.resolve(OWNER));
            clearOrphans(directory.getParent());
            return new TierDirectory(directory, owner);
        } catch (IOException | RuntimeException failed) {
            OWN.remove(directory);
            Files.deleteIfExists(unnamed);
            Files.deleteIfExists(directory);
            throw failed;
        }
    }

    /** Locks the file before it has its name, so that whoever sees an owner without a lock knows that it is gone. */
    private static FileChannel own(Path unnamed, Path name) throws IOException {
        FileChannel owner = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            owner.lock();
            Files.move(unnamed, name, StandardCopyOption.ATOMIC_MOVE);
            return owner;
        } catch (IOException | RuntimeException failed) {
            owner.close();
            throw failed;
        }
    }

    Path path() {
        return path;
    }

    /** Best effort: what is another user's, or goes meanwhile, is left alone. */
    private static void clearOrphans(Path parent) {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path candidate : candidates) {
                if (!OWN.contains(candidate) && Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)) {
                    clearIfOrphan(candidate);
                }
            }
        } catch (IOException | UncheckedIOException unreadable) {
            return;
        }
    }

    private static void clearIfOrphan(Path directory) {
        try (FileChannel owner = FileChannel.open(
                        directory.resolve(OWNER), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                FileLock lock = owner.tryLock()) {
            if (lock != null) {
                delete(directory);
            }
        } catch (IOException | UncheckedIOException | OverlappingFileLockException inaccessible) {
            return; // not ours to delete, or no owner
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> !file.endsWith(OWNER)).forEach(FrameFiles::delete);
        }
        Files.delete(directory.resolve(OWNER)); // last, so that what is interrupted is found again
        Files.delete(directory);
    }

    /** Deletes the directory with all that is in it. */
    @Override
    public void close() {
        try (owner) {
            delete(path);
            OWN.remove(path);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the directory " + path + " of a tier cannot be emptied", unreadable);
        }
    }
}
