package io.packcache.kvcache.compute.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerPoolTest {

    @ParameterizedTest
    @CsvSource({"1, 10, 3", "2, 1, 1", "3, 0, 1", "4, 1000, 1", "4, 1000, 7"})
    void everyItemRunsExactlyOnceWithAWorkerNumberInRange(int threads, int items, int grain) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(items);
            pool.run(
                    (from, to, worker) -> {
                        for (int i = from; i < to && worker < threads; i++) {
                            runs.incrementAndGet(i);
                        }
                    },
                    items,
                    grain);
            for (int i = 0; i < items; i++) {
                assertThat(runs.get(i)).isEqualTo(1);
            }
        }
    }

    @Test
    void helpersThatWakeLateNeverMixTwoRuns() {
        try (WorkerPool pool = new WorkerPool(4)) {
            for (int run = 0; run < 20_000; run++) {
                int items = 1 + run % 9;
                int[] seen = new int[items];
                pool.run((from, to, worker) -> Arrays.fill(seen, from, to, seen[from] + 1), items, 1);
                assertThat(Arrays.stream(seen).allMatch(count -> count == 1)).isTrue();
            }
        }
    }

    @Test
    void aFailureOfAnyThreadReachesTheCallerAndThePoolGoesOn() {
        try (WorkerPool pool = new WorkerPool(3)) {
            for (int failing = 0; failing < 8; failing++) {
                int item = failing;
                WorkerPool.Work work = (from, to, worker) -> {
                    if (from == item) {
                        throw new ArithmeticException("item " + item);
                    }
                };
                assertThatThrownBy(() -> pool.run(work, 8, 1)).hasMessage("item " + item);
            }
            pool.run((from, to, worker) -> {}, 8, 1);
        }
    }

    @Test
    void aClosedPoolStillComputesOnItsCaller() {
        WorkerPool pool = new WorkerPool(3);
        pool.close();
        int[] runs = new int[5];

        pool.run((from, to, worker) -> runs[from]++, 5, 1);

        assertThat(runs).containsOnly(1);
    }
}
