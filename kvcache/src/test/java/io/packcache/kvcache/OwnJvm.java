package io.packcache.kvcache;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs main methods of test classes in JVMs of their own. */
public final class OwnJvm {

    private OwnJvm() {}

    /**
     * Starts a JVM.
     *
     * @param heap as for {@code -Xmx}
     */
    public static Process start(String heap, Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--add-modules=jdk.incubator.vector",
                "-Xmx" + heap,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Runs one to its end and answers what it printed. */
    public static String run(String heap, Class<?> main, String... arguments) throws Exception {
        try (InputStream out = start(heap, main, arguments).getInputStream()) {
            return new String(out.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
