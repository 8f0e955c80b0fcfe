package io.packcache.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.packcache.kvcache.codec.Codecs;
import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Signal;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Parts that somebody has changed so that no checksum tells: refused in a sentence, or a cache that works. */
class SnapshotPartsTest {

    private static final Backend PLAIN = Backends.of("plain");
    private static final Encoding ENCODING = new Encoding(Codecs.keys("int4"), Codecs.values("int2"));

    @Test
    void alteredPartsAreRefusedOrMakeACacheThatWorks() {
        int refused = 0;
        // Far less than altered numbers claim; the words of a refusal are linked when they are needed first.
        long most = wholeSnapshot() + 2_000_000;
        for (int seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            try (Clip clip = CacheSnapshotTest.mixed(ENCODING);
                    Clip other = new Clip(PLAIN, 1, CacheBudget.unlimited())) {
                CacheParts parts = clip.cache().snapshot(null).parts();
                alter(parts, random);
                Throwable failure = catchThrowable(() -> use(other.cache(), read(parts, most)));
                if (failure != null) {
                    assertThat(failure).as("seed %d", seed).isInstanceOf(IllegalArgumentException.class);
                    assertThat(failure.getMessage()).isNotBlank();
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(200);
    }

    /** Bytes that reading the parts allocates as they are: no altered part may make it allocate more. */
    private static long wholeSnapshot() {
        try (Clip clip = CacheSnapshotTest.mixed(ENCODING)) {
            CacheParts parts = clip.cache().snapshot(null).parts();
            CacheSnapshot.of(parts);
            return Allocated.by(() -> CacheSnapshot.of(parts));
        }
    }

    private static CacheSnapshot read(CacheParts parts, long most) {
        CacheSnapshot[] read = new CacheSnapshot[1];
        Allocated.atMost(most, () -> read[0] = CacheSnapshot.of(parts));
        return read[0];
    }

    private static void use(KvCache cache, CacheSnapshot snapshot) {
        cache.restore(snapshot);
        cache.view(Set.of(Signal.KEY)).frames().forEach(frame -> frame.held().union());
        cache.residentBytes();
        cache.snapshot(null).parts();
    }

    private static void alter(CacheParts parts, Random random) {
        if (random.nextInt(4) == 0) {
            List<String> names = new ArrayList<>();
            parts.description().fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            parts.description().put(name, random.nextInt(3) == 0 ? -1 : random.nextInt(1 << random.nextInt(31)));
            return;
        }
        List<Map.Entry<String, Buffer>> entries = new ArrayList<>(parts.arrays().entrySet());
        entries.removeIf(entry -> entry.getValue() instanceof FloatBuffer && random.nextInt(8) > 0);
        Map.Entry<String, Buffer> chosen = entries.get(random.nextInt(entries.size()));
        int choice = random.nextInt(4);
        if (choice == 0) {
            parts.arrays().remove(chosen.getKey());
        } else if (choice == 1) {
            Buffer shorter = chosen.getValue().slice();
            parts.arrays().put(chosen.getKey(), shorter.limit(random.nextInt(shorter.limit() + 1)));
        } else {
            set(chosen.getValue(), random.nextInt(chosen.getValue().limit()), random);
        }
    }

    private static void set(Buffer array, int at, Random random) {
        if (array instanceof ByteBuffer bytes) {
            bytes.put(at, (byte) random.nextInt());
        } else if (array instanceof IntBuffer ints) {
            ints.put(at, random.nextInt(1 << random.nextInt(31)) - 2);
        } else if (array instanceof LongBuffer longs) {
            longs.put(at, random.nextInt(1 << random.nextInt(31)) - 2);
        }
    }
}
