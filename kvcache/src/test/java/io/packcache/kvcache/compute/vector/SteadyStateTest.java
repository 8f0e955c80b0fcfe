package io.packcache.kvcache.compute.vector;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import java.io.File;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compiled kernels make no garbage, in a JVM as users run it.
 *
 * <p>In a JVM of its own, because the tests of other widths leave profiles behind that let JDK 17 box some stores.
 */
class SteadyStateTest {

    private static final int STEPS = 4_000;

    /** Steps without any garbage, one after the other, that count as steady. */
    private static final int STEADY = 50;

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void repeatedCallsAllocateNothing(int workers) throws Exception {
        String classPath = directoryOf(VectorBackend.class) + File.pathSeparator + directoryOf(SteadyStateTest.class);
        Process process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "--add-modules=jdk.incubator.vector",
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        SteadyStateTest.Steps.class.getName(),
                        Integer.toString(workers))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (InputStream out = process.getInputStream()) {
            assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(STEADY + " steps without garbage");
        }
    }

    private static String directoryOf(Class<?> type) throws Exception {
        return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
    }

    /** Repeats a layer until many steps in a row allocate nothing on any thread, and prints how many did at the end. */
    static final class Steps {

        private Steps() {}

        public static void main(String[] arguments) {
            com.sun.management.ThreadMXBean threads =
                    (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            try (Backend backend = new VectorBackend(Integer.parseInt(arguments[0]))) {
                Layer layer = new Layer(backend);
                long[] computing = computing();
                int steady = 0;
                // Interpreted vector code makes objects of its vectors; compiled code must not.
                for (int i = 0; i < STEPS && steady < STEADY; i++) {
                    long before = allocated(threads, computing);
                    layer.step();
                    steady = allocated(threads, computing) == before ? steady + 1 : 0;
                }
                System.out.print(steady + " steps without garbage");
            }
        }

        /** The calling thread and the backend's helpers. */
        private static long[] computing() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread ->
                            thread == Thread.currentThread() || thread.getName().startsWith("packcache-compute-"))
                    .mapToLong(Thread::getId)
                    .toArray();
        }

        private static long allocated(com.sun.management.ThreadMXBean threads, long[] ids) {
            long bytes = 0;
            for (long id : ids) {
                bytes += threads.getThreadAllocatedBytes(id);
            }
            return bytes;
        }
    }
}
