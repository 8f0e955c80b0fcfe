package io.packcache.examples.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.checkpoint.Safetensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The synthetic picture tokenizer is the published one in everything but its numbers. */
class CosmosShapesTest {

    private static final Map<String, long[]> PUBLISHED = CosmosShapes.published();

    private static double millions(String prefix) {
        return PUBLISHED.entrySet().stream()
                        .filter(tensor -> tensor.getKey().startsWith(prefix))
                        .mapToLong(tensor -> Arrays.stream(tensor.getValue()).reduce(1, Math::multiplyExact))
                        .sum()
                / 1e6;
    }

    @Test
    void itHasAsManyNumbers() {
        assertThat(Math.round(10 * millions(""))).isEqualTo(1125);
        assertThat(Math.round(10 * millions("decoder."))).isEqualTo(661);
    }

    @Test
    void itHasTheTensorsThatTheOriginalCodeMakes() throws IOException, URISyntaxException {
        Path tiny = Path.of(CosmosShapesTest.class
                .getResource("/goldens/lumos-tiny/cosmos-tiny-weights.safetensors")
                .toURI());
        try (Safetensors original = Safetensors.open(tiny)) {
            assertThat(PUBLISHED.keySet()).containsExactlyInAnyOrderElementsOf(original.names());
            for (String name : original.names()) {
                assertThat(PUBLISHED.get(name)).as(name).hasSameSizeAs(original.shape(name));
            }
        }
    }
}
