package io.packcache.kvcache.compute.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Devices for tests: the kernels compiled for the host, once per JVM. */
public final class Emulator {

    /** From the folder of a module, ours or another. */
    private static final Path SOURCES =
            Files.exists(Path.of("src/test/cuda")) ? Path.of("src") : Path.of("../kvcache/src");

    private static final Path TESTS = SOURCES.resolve("test/cuda");
    private static final Path KERNELS = SOURCES.resolve("main/cuda");

    private Emulator() {}

    private static final class Holder {
        static final Path FOLDER = compile();
    }

    /** A device of its own. Where there is no C++ compiler the test is skipped, but on a build server it fails. */
    static EmulatedDriver open() {
        return new EmulatedDriver(folder().resolve("commands"));
    }

    /** Where the emulated device lies: {@code commands}, a program, and {@code libcuda.so.1}, a driver's library. */
    static Path folder() {
        boolean there = compilerThere();
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("the kernels cannot be tested: g++ is not installed on this build server");
        }
        assumeTrue(there, "g++ is not installed, which compiles the kernels for the host");
        return Holder.FOLDER;
    }

    /** A backend on a device of its own, see {@link #open}. */
    public static CudaBackend backend(Precision precision) {
        return new CudaBackend(open(), precision);
    }

    /**
     * Calls of a driver.
     *
     * @param launches kernels started one by one
     * @param replays graphs
     * @param uploads copies to the device
     * @param downloads copies to the host, each of which waits for the device
     */
    public record Traffic(long launches, long replays, long uploads, long downloads) {

        /** Those after others. */
        public Traffic since(Traffic before) {
            return new Traffic(
                    launches - before.launches,
                    replays - before.replays,
                    uploads - before.uploads,
                    downloads - before.downloads);
        }
    }

    /** What a backend of {@link #backend} has asked of its device so far. */
    public static Traffic traffic(CudaBackend backend) {
        return ((EmulatedDriver) backend.driver()).traffic();
    }

    private static boolean compilerThere() {
        String path = System.getenv("PATH");
        for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, "g++"))) {
                return true;
            }
        }
        return false;
    }

    private static Path compile() {
        try {
            Path folder = Files.createTempDirectory("packcache-emulator");
            Path device = folder.resolve("emulator.o");
            run("-c", "-fPIC", TESTS.resolve("emulator.cpp").toString(), "-o", device.toString());
            run(
                    TESTS.resolve("commands.cpp").toString(),
                    device.toString(),
                    "-o",
                    folder.resolve("commands").toString());
            run(
                    "-shared",
                    "-fPIC",
                    "-fvisibility=hidden",
                    TESTS.resolve("libcuda.cpp").toString(),
                    device.toString(),
                    "-o",
                    folder.resolve("libcuda.so.1").toString());
            Files.delete(device);
            folder.toFile().deleteOnExit();
            for (String file : List.of("commands", "libcuda.so.1")) {
                folder.resolve(file).toFile().deleteOnExit(); // before its folder
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "g++",
                "-std=c++17",
                "-O2",
                "-ffp-contract=off",
                "-U_FORTIFY_SOURCE",
                "-Wall",
                "-Wno-unknown-pragmas",
                "-Werror",
                "-DEMULATED",
                "-I" + TESTS,
                "-I" + KERNELS));
        command.addAll(List.of(arguments));
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!compiler.waitFor(5, TimeUnit.MINUTES) || compiler.exitValue() != 0) {
                throw new AssertionError("the kernels do not compile for the host:\n" + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
