package io.packcache.stream.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java of its own for what must not happen in the tests' own: being killed, being measured. */
public final class ChildJvm {

    private ChildJvm() {}

    /**
     * The command that runs a class of the tests.
     *
     * @param options of the JVM
     */
    public static ProcessBuilder of(Class<?> main, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
