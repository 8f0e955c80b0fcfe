package io.packcache.stream.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of this process. */
public final class ProcessStatus {

    private static final Path STATUS = Path.of("/proc/self/status");

    private ProcessStatus() {}

    /** Memory of this process in KiB, all of it that is resident. */
    public static long residentKib() throws IOException {
        return number("VmRSS");
    }

    /** Threads of this process, also those that Java knows nothing of. */
    public static long threads() throws IOException {
        return number("Threads");
    }

    private static long number(String name) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
