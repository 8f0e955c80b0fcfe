package io.packcache.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitTest {
    @Test
    void heldOutScenesAreNeverTrainedOn() {
        Set<Scene> training = scenes(Split.TRAINING);
        Set<Scene> heldOut = scenes(Split.HELD_OUT);
        assertThat(heldOut).hasSizeGreaterThan(300).doesNotContainAnyElementsOf(training);
    }

    private static Set<Scene> scenes(Split split) {
        SceneSampler sampler = new SceneSampler(WorldOptions.oneObject(), split);
        SplittableRandom random = new SplittableRandom(3);
        Set<Scene> scenes = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            scenes.add(sampler.next(random));
        }
        return scenes;
    }
}
