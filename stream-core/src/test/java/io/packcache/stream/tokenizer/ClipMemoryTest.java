package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.compute.Backend;
import io.packcache.kvcache.compute.Backends;
import org.junit.jupiter.api.Test;

class ClipMemoryTest {

    @Test
    void aMapGivenBackIsHandedOutAgainForItsShapeOnly() {
        try (Backend backend = Backends.of("plain");
                ClipMemory memory = new ClipMemory(backend, 4, ActivationListener.NONE)) {
            FeatureMap map = memory.take(2, 3, 4);
            memory.giveBack(map);
            assertThat(memory.take(3, 2, 4)).isNotSameAs(map);
            assertThat(memory.take(2, 3, 4)).isSameAs(map);
            assertThat(memory.take(2, 3, 4)).isNotSameAs(map);
        }
    }

    @Test
    void aLayerRemembersOnlyItsLimitSoThatAnEndlessClipStaysBounded() {
        try (Backend backend = Backends.of("plain");
                ClipMemory memory = new ClipMemory(backend, 4, ActivationListener.NONE)) {
            Object layer = new Object();
            FeatureMap first = memory.take(1, 1, 1);
            FeatureMap second = memory.take(1, 1, 1);
            FeatureMap third = memory.take(1, 1, 1);
            memory.remember(layer, first, 2);
            memory.remember(layer, second, 2);
            memory.remember(layer, third, 2);
            assertThat(memory.past(layer)).containsExactly(second, third);
            assertThat(memory.take(1, 1, 1)).isSameAs(first);
            assertThat(memory.past(new Object())).isEmpty();
        }
    }

    @Test
    void layersOfAnotherClipGoOnWithWhatTheirsRemembered() {
        try (Backend backend = Backends.of("plain");
                ClipMemory memory = new ClipMemory(backend, 4, ActivationListener.NONE);
                ClipMemory other = new ClipMemory(backend, 4, ActivationListener.NONE)) {
            Object first = new Object();
            Object second = new Object();
            remember(memory, first, 1);
            remember(memory, second, 2);
            remember(memory, first, 3);
            other.recall(memory.remembered());
            assertThat(other.remembered()).as("before any layer asked").hasSize(3);
            assertThat(other.past(first)).extracting(map -> map.values[0]).containsExactly(1f, 3f);
            assertThat(other.past(second)).extracting(map -> map.values[0]).containsExactly(2f);
            assertThat(other.past(first).getLast())
                    .isNotSameAs(memory.past(first).getLast());
        }
    }

    private static void remember(ClipMemory memory, Object layer, float value) {
        FeatureMap map = memory.take(1, 1, 1);
        map.values[0] = value;
        memory.remember(layer, map, 2);
    }
}
