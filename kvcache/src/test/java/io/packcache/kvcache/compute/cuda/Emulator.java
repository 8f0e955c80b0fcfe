package io.packcache.kvcache.compute.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        static final Path PROGRAM = compile();
    }

    /** A device of its own. Where there is no C++ compiler the test is skipped, but on a build server it fails. */
    static EmulatedDriver open() {
        boolean there = compilerThere();
        if (!there && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("the kernels cannot be tested: g++ is not installed on this build server");
        }
        assumeTrue(there, "g++ is not installed, which compiles the kernels for the host");
        return new EmulatedDriver(Holder.PROGRAM);
    }

    /** A backend on a device of its own, see {@link #open}. */
    public static CudaBackend backend(Precision precision) {
        return new CudaBackend(open(), precision);
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
            Path program = Files.createTempFile("packcache-emulator", "");
            program.toFile().deleteOnExit();
            Process compiler = new ProcessBuilder(
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
                            "-I" + KERNELS,
                            TESTS.resolve("emulator.cpp").toString(),
                            "-o",
                            program.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!compiler.waitFor(5, TimeUnit.MINUTES) || compiler.exitValue() != 0) {
                throw new AssertionError("the kernels do not compile for the host:\n" + output);
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
