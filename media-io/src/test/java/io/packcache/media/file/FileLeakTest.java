package io.packcache.media.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import io.packcache.stream.testkit.ChildJvm;
import io.packcache.stream.testkit.ProcessStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native memory and threads of every file sink and of the reader, on every path, measured from the outside. */
class FileLeakTest {

    private static final int WARM = 3;
    private static final int MEASURED = 8;

    /** A film of this size holds several of its pictures in native memory, so one that was forgotten is seen. */
    private static final int SIZE = 512;

    private static final long MOST_GROWTH_KIB = 12_000;

    /** So that what grows is not Java's own. */
    private static final List<String> FIXED_HEAP =
            List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    @TempDir
    Path folder;

    /** The process: prints what it holds, in KiB, threads and JavaCPP's bytes, once warm and at the end. */
    static final class Subject {

        private static final FramePool POOL = new FramePool();

        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[0]);
            for (int i = 0; i < WARM + MEASURED; i++) {
                if (i == WARM) {
                    report();
                }
                for (FileKind kind : FileKind.values()) {
                    if (kind != FileKind.MP4_AV1) {
                        film(kind, folder);
                    }
                }
            }
            report();
        }

        /** One film to its end and read back, one that fails half way, one abandoned, one that cannot begin. */
        private static void film(FileKind kind, Path folder) throws IOException {
            Path file = kind.in(folder);
            try (FrameSink sink = kind.open(file, true)) {
                write(sink, 4);
            }
            if (file.toString().endsWith(".mp4")) {
                try (VideoReader reader = new VideoReader(file, POOL)) {
                    reader.read().release();
                }
            }
            try (FrameSink sink = kind.open(file, true)) {
                write(sink, 2);
                sink.write(picture(2, 64));
            } catch (SinkException e) {
                System.err.println(e.getMessage());
            }
            try (FrameSink sink = kind.open(kind.in(Path.of("/proc")), false)) {
                write(sink, 1);
            } catch (SinkException e) {
                System.err.println(e.getMessage());
            }
        }

        private static void write(FrameSink sink, int pictures) throws SinkException {
            for (int i = 0; i < pictures; i++) {
                sink.write(picture(i, SIZE));
            }
        }

        private static VideoFrame picture(int number, int size) {
            return POOL.take(size, size, number, new TimeBase(1, 12));
        }

        private static void report() throws IOException {
            System.gc();
            System.out.println(ProcessStatus.residentKib() + " " + ProcessStatus.threads() + " "
                    + Pointer.totalBytes() / 1024 + " " + POOL.live());
        }
    }

    @Test
    void filmsThatEndFailOrCannotBeginLeaveNoNativeMemoryAndNoThread() throws Exception {
        Path log = folder.resolve("subject.log");
        Process subject = ChildJvm.of(Subject.class, FIXED_HEAP, folder.toString())
                .redirectError(log.toFile())
                .start();
        String said = new String(subject.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(subject.waitFor()).as(Files.readString(log)).isZero();
        long[] held = said.lines()
                .flatMap(line -> List.of(line.split(" ")).stream())
                .mapToLong(Long::parseLong)
                .toArray();
        assertThat(held[4] - held[0]).as("KiB kept").isLessThan(MOST_GROWTH_KIB);
        assertThat(held[5] - held[1]).as("threads kept").isLessThan(5);
        assertThat(held[6] - held[2]).as("KiB of JavaCPP kept").isLessThan(64);
        assertThat(held[7]).as("pictures kept").isZero();
    }
}
