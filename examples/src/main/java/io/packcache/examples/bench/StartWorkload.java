package io.packcache.examples.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A fresh JVM each time: how long until {@code render} hands out its first picture? */
final class StartWorkload implements Workload {

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String summary() {
        return "a new JVM renders to a pipe: time from its start to the first picture";
    }

    @Override
    public Report run(Bench bench) {
        Times times = new Contest()
                .add("start", () -> List.of(firstPicture(bench)))
                .run(bench.rounds())
                .get("start");
        return new Report().row("render --out -", "start to first picture").times("time", times);
    }

    private static double firstPicture(Bench bench) {
        long began = System.nanoTime();
        try {
            Process process = new ProcessBuilder(command(bench))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream pictures = process.getInputStream()) {
                awaitFirstPicture(pictures);
                return (System.nanoTime() - began) / 1e9;
            } finally {
                process.destroy();
                process.onExit().join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The stream's header, the first picture's marker line, and all of its bytes. */
    private static void awaitFirstPicture(InputStream y4m) throws IOException {
        String header = line(y4m);
        int width = 0;
        int height = 0;
        for (String field : header.split(" ")) {
            if (field.startsWith("W")) {
                width = Integer.parseInt(field.substring(1));
            } else if (field.startsWith("H")) {
                height = Integer.parseInt(field.substring(1));
            }
        }
        line(y4m);
        int bytes = width * height * 3 / 2;
        if (bytes == 0 || y4m.readNBytes(bytes).length < bytes) {
            throw new IOException("the child ended before its first picture; its stream began with '" + header + "'");
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            text.append((char) next);
        }
        return text.toString();
    }

    /** This JVM's own command line, with another request. */
    private static List<String> command(Bench bench) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), bench.mainClass()));
        command.addAll(List.of("render", "--prompt", "a red circle moves right", "--out", "-"));
        command.addAll(List.of("--model", bench.model().toString(), "--backend", bench.backend()));
        return command;
    }
}
