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
}
