package io.packcache.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.kvcache.compute.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The workload at a scale that a CPU does in a second. */
class PaperWorkloadTest {

    private static JsonNode figures;

    @BeforeAll
    static void run() throws IOException {
        String backend = Backends.names().get(Backends.refusals().size());
        Bench bench = new Bench(backend, 1, 1, Path.of("unused"), Optional.empty(), PaperScale.SMALL, "unused");
        figures = new PaperWorkload().run(bench).json();
    }

    private static double figure(String policy, int latentFrames, String column) {
        for (JsonNode row : figures.path("rows")) {
            if (row.path("cache").asText().equals(policy)
                    && row.path("latent frames").asInt() == latentFrames) {
                return row.path(column).asDouble();
            }
        }
        throw new AssertionError("no row for " + policy + " and " + latentFrames + " latent frames in " + figures);
    }

    @Test
    void theFullCacheHoldsEveryTokenOfBothBranches() {
        int frame = 12 * (8 + 1) + 4;
        int prefix = 9 + 5 + 3;
        assertThat(figure("full", 2, "tokens before it")).isEqualTo(prefix + 2 * frame);
        assertThat(figure("full", 8, "tokens before it")).isEqualTo(prefix + 2 * 7 * frame);
    }

    @Test
    void packCacheHoldsLessOfALongClip() {
        assertThat(figure("packcache", 8, "tokens before it")).isLessThan(figure("full", 8, "tokens before it") / 2);
        assertThat(figure("packcache", 8, "cache bytes")).isLessThan(figure("full", 8, "cache bytes"));
    }

    @Test
    void aShorterClipIsTheBeginningOfTheLongerOne() {
        assertThat(figure("full", 8, "whole")).isGreaterThan(figure("full", 2, "whole"));
        assertThat(figure("full", 2, "whole")).isGreaterThan(figure("full", 2, "last frame"));
    }
}
