package io.packcache.examples.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times several ways of doing the same work in turns, so that a slow phase of the machine meets all of them. */
final class Contest {

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
     * Runs all of them once unmeasured, then {@code rounds} times in turns.
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
            contestants.forEach((name, contestant) -> seconds.get(name).addAll(contestant.run()));
        }
        Map<String, Times> times = new LinkedHashMap<>();
        seconds.forEach((name, all) -> times.put(name, new Times(all)));
        return times;
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
