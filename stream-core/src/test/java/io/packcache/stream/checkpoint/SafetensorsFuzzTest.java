package io.packcache.stream.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Damaged files: each is read or refused, and neither takes memory that the file's size does not explain. */
class SafetensorsFuzzTest {

    private static final byte[] WHOLE = new SafetensorsBytes()
            .floats("model.norm.weight", new float[12], 3, 4)
            .brains("lm_head.weight", new float[6], 6)
            .longs("ids", new long[] {1, 2, 3}, 3)
            .build();

    private static final int HEADER = WHOLE.length - (48 + 12 + 24);

    /** Parsing JSON has a cost of its own, whatever the file. */
    private static final long ALLOWANCE = 16 << 20;

    private static Path file;

    @BeforeContainer
    static void create() throws IOException {
        file = Files.createTempFile("fuzz", ".safetensors");
        // Classes that load on first use are not the file's doing.
        read(WHOLE);
        read(new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', 'x'});
    }

    @AfterContainer
    static void delete() throws IOException {
        Files.delete(file);
    }

    @Property(tries = 300)
    void aTruncatedFileIsRefused(@ForAll @IntRange(max = 400) int length) throws IOException {
        readOrRefuse(Arrays.copyOf(WHOLE, Math.min(length, WHOLE.length - 1)), true);
    }

    @Property(tries = 1000)
    void flippedBitsInTheHeaderNeverEscape(@ForAll @Size(min = 1, max = 4) Set<@IntRange(max = 3000) Integer> bits)
            throws IOException {
        byte[] damaged = WHOLE.clone();
        for (int bit : bits) {
            damaged[bit / 8 % HEADER] ^= (byte) (1 << bit % 8);
        }
        readOrRefuse(damaged, false);
    }

    @Property(tries = 300)
    void anyBytesAtAllNeverEscape(@ForAll @Size(max = 200) byte[] bytes) throws IOException {
        readOrRefuse(bytes, false);
    }

    private static void readOrRefuse(byte[] bytes, boolean mustRefuse) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        boolean refused = !read(bytes);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOWANCE);
        if (mustRefuse) {
            assertThat(refused).isTrue();
        }
    }

    /** Whether the file could be read; anything but a clear refusal escapes. */
    private static boolean read(byte[] bytes) throws IOException {
        Files.write(file, bytes);
        try (Safetensors tensors = Safetensors.open(file)) {
            for (String name : tensors.names()) {
                Safetensors.Entry entry = tensors.entry(name);
                if (entry.type().isWeight()) {
                    tensors.floats(name);
                } else if (entry.type().isInteger()) {
                    tensors.integers(name);
                }
            }
            return true;
        } catch (CheckpointException e) {
            assertThat(e).hasMessageContaining(file.getFileName().toString());
            return false;
        }
    }
}
