package io.packcache.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.session.GeneratedFrame;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What the process holds while a long stream runs, three times in its middle and three times at its end, each time after
 * everything that nobody holds has been collected. What grows with the frames shows between the two; what a program comes to
 * need once, in its first half, does not.
 */
final class SteadyWatch {

    /** Tenths of the stream after which memory is looked at. */
    private static final int[] MOMENTS = {4, 5, 6, 8, 9, 10};

    private static final int MIDDLE = 3;

    /** Between middle and end lie four tenths of the stream: of 400 frames, the pixels of one picture of each. */
    private static final long HEAP_NOISE_BYTES = 160 * 768;

    /**
     * A thread keeps some memory for what it writes into files, and Akka's threads take turns. Checkpoints that were not
     * let go of would be several times as much.
     */
    private static final long OUTSIDE_NOISE_BYTES = 64 * 1024;

    /** A collection that frees less than this has found nothing. */
    private static final long NOTHING_BYTES = 1024;

    /** Cleaners run on threads of their own: what they let go of is found by one of the next collections. */
    private static final int VAIN_COLLECTIONS = 4;

    private static final int MOST_COLLECTIONS = 50;

    private final long[] nanos;
    private final long[] cacheBytes;
    private final long[] heap = new long[MOMENTS.length];
    private final long[] outside = new long[MOMENTS.length];
    private int looked;

    SteadyWatch(int frames) {
        nanos = new long[frames];
        cacheBytes = new long[frames];
    }

    /** To be shown every frame, in order. */
    GeneratedFrame look(GeneratedFrame frame) {
        int number = (int) frame.number();
        nanos[number] = frame.statistics().totalNanos();
        cacheBytes[number] = frame.statistics().residentBytes();
        if (number + 1 == nanos.length * MOMENTS[looked] / 10) {
            collect();
            heap[looked] = heap();
            outside[looked] = outside();
            looked++;
        }
        return frame;
    }

    void assertFlat() {
        assertThat(Arrays.stream(cacheBytes).skip(nanos.length / 10).distinct().toArray())
                .as("bytes of the cache after each frame")
                .hasSize(1);
        assertThat(end(heap) - middle(heap)).as("growth of the heap: %s", this).isLessThan(HEAP_NOISE_BYTES);
        assertThat(end(outside) - middle(outside))
                .as("growth outside of the heap: %s", this)
                .isLessThan(OUTSIDE_NOISE_BYTES);
    }

    /** Collects until nothing more is found, by this thread's collections or by what they set off. */
    private static void collect() {
        long least = Long.MAX_VALUE;
        int vain = 0;
        for (int i = 0; vain < VAIN_COLLECTIONS && i < MOST_COLLECTIONS; i++) {
            System.gc();
            long now = heap() + outside();
            vain = now < least - NOTHING_BYTES ? 0 : vain + 1;
            least = Math.min(least, now);
        }
    }

    /** What the last collection left: what is in use now also counts what threads have set aside to allocate from. */
    private static long heap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
    }

    private static long outside() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static long middle(long[] samples) {
        return median(samples, 0, MIDDLE);
    }

    private static long end(long[] samples) {
        return median(samples, MIDDLE, samples.length);
    }

    private static long median(long[] values, int from, int to) {
        long[] part = Arrays.copyOfRange(values, from, to);
        Arrays.sort(part);
        return part[part.length / 2];
    }

    @Override
    public String toString() {
        int all = nanos.length;
        int tenth = all / 10;
        return "%,d latent frames; frame time %.3f ms from frame %,d on, %.3f ms from frame %,d on (medians of %,d); "
                        .formatted(
                                all,
                                median(nanos, tenth, 2 * tenth) / 1e6,
                                tenth,
                                median(nanos, all - tenth, all) / 1e6,
                                all - tenth,
                                tenth)
                + "cache %,d and %,d bytes; after %s tenths: heap %s, outside of it %s bytes"
                        .formatted(
                                cacheBytes[tenth],
                                cacheBytes[all - 1],
                                Arrays.toString(MOMENTS),
                                grouped(heap),
                                grouped(outside));
    }

    private static String grouped(long[] values) {
        return IntStream.range(0, values.length)
                .mapToObj(i -> "%,d".formatted(values[i]))
                .toList()
                .toString();
    }
}
