package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.testkit.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a process that dies while it writes leaves behind. */
class Mp4CrashTest {

    private static final int PICTURES_BETWEEN_KEYS = 6;

    private static final List<String> SMALL =
            List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    @TempDir
    Path folder;

    /** The process that dies: writes numbered pictures without end and prints each number once it is written. */
    static final class Victim {
        public static void main(String[] arguments) throws IOException {
            FramePool pool = new FramePool();
            Mp4Settings settings = Mp4Settings.DEFAULTS
                    .withContainer(Mp4Settings.Container.valueOf(arguments[1]))
                    .withKeyInterval(Duration.ofMillis(500));
            try (Mp4Sink sink = new Mp4Sink(Path.of(arguments[0]), settings)) {
                for (int i = 0; true; i++) {
                    sink.write(CounterPictures.picture(pool, i, 64, 64));
                    System.out.println(i);
                    System.out.flush();
                }
            }
        }
    }

    /** Twenty moments, each drawn by its number: so many pictures, and some microseconds into the next ones. */
    @ParameterizedTest
    @MethodSource("moments")
    void aFragmentedFileLosesAtMostThePicturesSinceTheLastKey(int moment) throws Exception {
        Judge.mustBePresent();
        Path file = folder.resolve("film.mp4");
        Random random = new Random(moment);
        int written = kill(file, "FRAGMENTED", 1 + random.nextInt(300), random.nextInt(2_000));

        byte[] planes = Judge.planes(file);
        int read = planes.length / (64 * 64 * 3 / 2);
        assertThat(read).isBetween(written - PICTURES_BETWEEN_KEYS, written + 1);
        for (int i = 0; i < read; i++) {
            assertThat(CounterPictures.number(planes, i, 64, 64)).isEqualTo(i);
        }
    }

    static IntStream moments() {
        return IntStream.rangeClosed(1, 20);
    }

    @Test
    void afterACrashNoFaststartFileBearsTheName() throws Exception {
        Path file = folder.resolve("film.mp4");
        kill(file, "FASTSTART", 20, 0);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(1)
                    .allSatisfy(left -> assertThat(left.toString()).matches(".*film\\.mp4\\.[0-9a-f]+\\.part"));
        }
    }

    /**
     * Starts a victim, kills it (SIGKILL) so many microseconds after it has written that many pictures; returns how many it
     * has written. By its handle, because Process.destroyForcibly would also close the pipe that is still to be read.
     */
    private static int kill(Path file, String container, int pictures, int microseconds) throws Exception {
        Process victim = ChildJvm.of(Victim.class, SMALL, file.toString(), container)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int written = 0;
        try (BufferedReader printed = victim.inputReader()) {
            for (String line = printed.readLine(); line != null; line = printed.readLine()) {
                written = Integer.parseInt(line) + 1;
                if (written == pictures) {
                    long moment = System.nanoTime() + 1_000L * microseconds;
                    while (System.nanoTime() < moment) {
                        Thread.onSpinWait();
                    }
                    victim.toHandle().destroyForcibly();
                }
            }
        }
        victim.waitFor();
        assertThat(written).as("pictures written before the kill").isGreaterThanOrEqualTo(pictures);
        return written;
    }
}
