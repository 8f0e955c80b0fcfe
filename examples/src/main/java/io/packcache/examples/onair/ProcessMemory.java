package io.packcache.examples.onair;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The memory of this process at one moment, in bytes: what the kernel counts as resident, and whose it is.
 *
 * <p>Heap, code and classes are what the JVM has committed. That is resident as well where the JVM touches it at once
 * ({@code -XX:+AlwaysPreTouch}); elsewhere only their change is to be trusted.
 *
 * @param resident all of it; 0 where the kernel does not say
 * @param files pages of mapped files (libraries, the archive of classes)
 * @param heap committed for objects
 * @param code committed for compiled code
 * @param codeUsed of {@code code}, what holds code
 * @param classes committed for classes and the profiles of their methods
 */
record ProcessMemory(long resident, long files, long heap, long code, long codeUsed, long classes) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** All that is no page of a file and not the JVM's own: malloc, thread stacks, tables of the collector. */
    long rest() {
        return resident - files - heap - code - classes;
    }

    /** Looks at this process. */
    static ProcessMemory now() {
        return new ProcessMemory(
                status("VmRSS:"),
                status("RssFile:"),
                pools(pool -> pool.getType() == MemoryType.HEAP, MemoryUsage::getCommitted),
                pools(ProcessMemory::holdsCode, MemoryUsage::getCommitted),
                pools(ProcessMemory::holdsCode, MemoryUsage::getUsed),
                pools(ProcessMemory::holdsClasses, MemoryUsage::getCommitted));
    }

    private static boolean holdsCode(MemoryPoolMXBean pool) {
        return pool.getType() == MemoryType.NON_HEAP && pool.getName().startsWith("Code");
    }

    /** Compressed classes are a part of Metaspace. */
    private static boolean holdsClasses(MemoryPoolMXBean pool) {
        return pool.getName().equals("Metaspace");
    }

    private static long pools(Predicate<MemoryPoolMXBean> which, ToLongFunction<MemoryUsage> size) {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(which)
                .map(MemoryPoolMXBean::getUsage)
                .mapToLong(size)
                .sum();
    }

    private static long status(String line) {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(each -> each.startsWith(line))
                    .mapToLong(each -> 1024 * Long.parseLong(each.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
