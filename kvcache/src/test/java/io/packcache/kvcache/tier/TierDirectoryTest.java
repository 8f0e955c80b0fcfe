package io.packcache.kvcache.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.OwnJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of tiers go with the process that made them, however it ends. */
class TierDirectoryTest {

    @TempDir
    Path parent;

    private final List<Process> owners = new ArrayList<>();

    @AfterEach
    void endAll() {
        owners.forEach(Process::destroyForcibly);
    }

    @Test
    void whatAKilledProcessLeftGoesWithTheNextStartAndWhatALivingOneHasStays() throws Exception {
        Process killed = owner();
        Process living = owner();
        assertThat(directories()).hasSize(2);
        killed.destroyForcibly().waitFor();
        assertThat(directories()).hasSize(2);
        try (TierDirectory own = TierDirectory.create(parent)) {
            assertThat(directories()).hasSize(2).contains(own.path());
            living.destroyForcibly().waitFor();
            try (TierDirectory second = TierDirectory.create(parent)) {
                assertThat(directories()).containsExactlyInAnyOrder(own.path(), second.path());
            }
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void whatHasNoOwnerAndWhatIsNoDirectoryIsLeftAlone() throws IOException {
        Path foreign = Files.createDirectory(parent.resolve("packcache-tier-foreign"));
        Files.writeString(foreign.resolve("frame-1.safetensors"), "mine");
        Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("owner"), "");
        Path link = Files.createSymbolicLink(parent.resolve("packcache-tier-link"), elsewhere);
        TierDirectory.create(parent).close();
        assertThat(foreign.resolve("frame-1.safetensors")).exists();
        assertThat(link).exists();
        assertThat(elsewhere.resolve("owner")).exists();
    }

    @Test
    void directoriesOfOneProcessLeaveEachOtherAlone() throws Exception {
        try (TierDirectory first = TierDirectory.create(parent);
                TierDirectory second = TierDirectory.create(parent)) {
            owner().destroyForcibly().waitFor();
            assertThat(directories()).hasSize(3).contains(first.path(), second.path());
        }
    }

    private List<Path> directories() throws IOException {
        try (Stream<Path> all = Files.list(parent)) {
            return all.map(TierDirectoryTest::real).toList();
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    /** A process that has a directory with a file in it, and waits. */
    private Process owner() throws Exception {
        Process process = OwnJvm.start("64m", Owner.class, parent.toString());
        owners.add(process);
        assertThat(process.getInputStream().read()).isEqualTo('+');
        return process;
    }

    /** Makes a directory and a file in it, says so, and waits to be killed, or for its parent's end. */
    static final class Owner {

        private Owner() {}

        public static void main(String[] arguments) throws Exception {
            TierDirectory directory = TierDirectory.create(Path.of(arguments[0]));
            Files.writeString(directory.path().resolve("frame-0.safetensors"), "codes");
            System.out.print('+');
            System.out.flush();
            System.in.read();
        }
    }
}
