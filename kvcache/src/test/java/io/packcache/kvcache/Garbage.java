package io.packcache.kvcache;

import java.lang.management.ManagementFactory;

/**
 * Finds out whether something that is done again and again comes to allocate nothing, in a JVM of its own as users run it:
 * in one that has run other tests what the compiler knows of them may let it box what it would not otherwise.
 */
public final class Garbage {

    private static final int STEPS = 20_000;

    /** Steps without any garbage, one after the other, that count as steady. */
    private static final int STEADY = 50;

    /** What {@link #run} returns if all is well. */
    public static final String NONE = STEADY + " steps without garbage";

    private Garbage() {}

    /** A piece of work of which only a part must make no garbage. */
    public interface Step {

        /** @param meter to be asked before and after that part */
        long run(Meter meter);
    }

    /** Bytes allocated so far by the calling thread and all threads of backends. */
    public interface Meter {
        long bytes();
    }

    /** Runs a class whose main method calls {@link #print}, and answers what that printed. */
    public static String run(Class<?> main, String... arguments) throws Exception {
        return OwnJvm.run("256m", main, arguments);
    }

    /** Repeats a step until many in a row allocate nothing, and prints how many did at the end. */
    public static void print(Step step) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] computing = computing();
        Meter meter = () -> {
            long bytes = 0;
            for (long id : computing) {
                bytes += threads.getThreadAllocatedBytes(id);
            }
            return bytes;
        };
        int steady = 0;
        // Interpreted vector code makes objects of its vectors; compiled code must not.
        for (int i = 0; i < STEPS && steady < STEADY; i++) {
            steady = step.run(meter) == 0 ? steady + 1 : 0;
        }
        System.out.print(steady + " steps without garbage");
    }

    private static long[] computing() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread == Thread.currentThread() || thread.getName().startsWith("packcache-compute-"))
                .mapToLong(Thread::getId)
                .toArray();
    }
}
