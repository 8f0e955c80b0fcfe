package io.packcache.kvcache.compute.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where JCuda unpacks its natives. It does so under a fixed name in {@code java.io.tmpdir}, which all users and processes of a
 * machine share, and takes whatever lies there already; so while it loads the setting names a folder of this process alone.
 */
final class NativesFolder {

    private static final String SETTING = "java.io.tmpdir";

    private NativesFolder() {}

    /** Runs what makes JCuda load its natives. */
    static synchronized void during(Runnable loading) {
        String shared = System.getProperty(SETTING);
        Path folder = create();
        System.setProperty(SETTING, folder.toString());
        try {
            loading.run();
        } finally {
            System.setProperty(SETTING, shared);
            // A library that is loaded stays loaded when its file goes.
            delete(folder);
        }
    }

    private static Path create() {
        try {
            return Files.createTempDirectory("packcache-cuda");
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for JCuda's natives can be made", e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            folder.toFile().deleteOnExit(); // where a loaded library cannot be deleted
        }
    }
}
