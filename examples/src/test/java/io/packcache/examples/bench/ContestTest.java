package io.packcache.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContestTest {

    @Test
    void contestantsTakeTurnsSoThatASlowPhaseMeetsAllOfThem() {
        List<String> order = new ArrayList<>();
        Contest contest = new Contest().add("a", () -> run("a", order)).add("b", () -> run("b", order));
        contest.run(2);
        assertThat(order).containsExactly("a", "b", "a", "b", "a", "b");
    }

    @Test
    void theRoundBeforeTheFirstIsNotCounted() {
        List<String> order = new ArrayList<>();
        Map<String, Times> times = new Contest()
                .add("a", () -> List.of((double) run("a", order).size() + order.size()))
                .run(3);
        assertThat(times.get("a").median()).isEqualTo(1 + 3);
    }

    @Test
    void medianAndSpreadAreThoseOfTheQuartiles() {
        Times times = new Times(List.of(5.0, 1.0, 3.0, 2.0, 4.0));
        assertThat(times.median()).isEqualTo(3);
        assertThat(times.spread()).isCloseTo((4.0 - 2.0) / 2 / 3, within(1e-12));
    }

    private static List<Double> run(String name, List<String> order) {
        order.add(name);
        return List.of(1.0);
    }
}
