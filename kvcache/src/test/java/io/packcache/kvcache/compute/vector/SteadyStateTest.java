package io.packcache.kvcache.compute.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import java.io.File;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/**
 * Compiled kernels make no garbage, in a JVM as users run it.
 *
 * <p>In a JVM of its own, because the tests of other widths leave profiles behind that let JDK 17 box some stores.
 */
class SteadyStateTest {

    private static final int STEPS = 2_000;

    @Test
    void repeatedCallsAllocateNothing() throws Exception {
        String classPath = directoryOf(VectorBackend.class) + File.pathSeparator + directoryOf(SteadyStateTest.class);
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "--add-modules=jdk.incubator.vector",
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        SteadyStateTest.Steps.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (InputStream out = process.getInputStream()) {
            assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("0 bytes");
        }
    }

    private static String directoryOf(Class<?> type) throws Exception {
        return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
    }

    /** Repeats a layer until a step allocates nothing, and prints the least that one allocated. */
    static final class Steps {

        private Steps() {}

        public static void main(String[] arguments) {
            com.sun.management.ThreadMXBean threads =
                    (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            try (Backend backend = new VectorBackend(1)) {
                Layer layer = new Layer(backend);
                long least = Long.MAX_VALUE;
                // Interpreted vector code makes objects of its vectors; compiled code must not.
                for (int i = 0; i < STEPS && least > 0; i++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    layer.step();
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
                System.out.print(least + " bytes");
            }
        }
    }
}
