package io.packcache.examples.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times several ways of doing the same work in turns, so that a slow phase of the machine meets all of them. */
final class Contest {

    /** Threads that wait for work spin for a while before they sleep, those of OpenMP for up to 15 ms. */
    private static final long SETTLING_MILLIS = 30;

    private static final double WARM_UP_SECONDS = 2;

    /** One way of doing the work: runs it some times and says how long each took, in seconds. */
    interface Contestant {
        List<Double> run();
    }

    private final Map<String, Contestant> contestants = new LinkedHashMap<>();

    Contest add(String name, Contestant contestant) {
        contestants.put(name, contestant);
        return this;
    }

    /**
     * Runs all of them once unmeasured, then {@code rounds} times in turns. Before each turn the threads of the one before are
     * given time to fall asleep.
     *
     * @return the times of each, in the order they were added
     */
    Map<String, Times> run(int rounds) {
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        contestants.forEach((name, contestant) -> {
            contestant.run();
            seconds.put(name, new ArrayList<>());
        });
        for (int round = 0; round < rounds; round++) {
            contestants.forEach((name, contestant) -> {
                settle();
                seconds.get(name).addAll(contestant.run());
            });
        }
        Map<String, Times> times = new LinkedHashMap<>();
        seconds.forEach((name, all) -> times.put(name, new Times(all)));
        return times;
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while measuring", e);
        }
    }

    /** Repeats {@code work} until the JVM has compiled what there is to compile in it. */
    static void warmUp(Runnable work) {
        long began = System.nanoTime();
        while ((System.nanoTime() - began) / 1e9 < WARM_UP_SECONDS) {
            work.run();
        }
    }

    /** Does {@code work} once unmeasured, as the peer does, which wakes its threads; then times it, on this thread. */
    static List<Double> timeAwake(int repeats, Runnable work) {
        work.run();
        return time(repeats, work);
    }

    /** Times {@code work} a number of times on this thread. */
    static List<Double> time(int repeats, Runnable work) {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < repeats; i++) {
            long began = System.nanoTime();
            work.run();
            seconds.add((System.nanoTime() - began) / 1e9);
        }
        return seconds;
    }
}
