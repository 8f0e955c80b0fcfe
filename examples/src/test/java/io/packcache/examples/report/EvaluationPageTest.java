package io.packcache.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packcache.examples.lab.Drift;
import io.packcache.examples.lab.Evaluation.Result;
import io.packcache.examples.lab.Measure;
import io.packcache.examples.lab.Obedience;
import io.packcache.examples.lab.Scores;
import io.packcache.examples.world.Geometry;
import io.packcache.kvcache.policy.CompactionPolicy;
import io.packcache.kvcache.policy.PolicyPresets;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is called a difference on the page, in the tables and in the JSON. */
class EvaluationPageTest {

    private final Map<String, Result> results = new LinkedHashMap<>();

    EvaluationPageTest() {
        results.put("a<b", result(new double[] {1, 2, 3, 1, 2, 3}, 2e6));
        results.put("full", result(new double[] {2, 3, 4, 2, 3, 4}, 1e6));
        results.put("close", result(new double[] {2, 1, 3, 1, 2, 3}, 5e5));
        results.put("copy", result(new double[] {1, 2, 3, 1, 2, 3}, 2e6));
    }

    @Test
    void thePageNeedsNothingBesideItAndShowsNoTextAsMarkup() {
        String html = page().html();

        assertThat(html).doesNotContain("a<b", "src=\"http", "href=", "<script", "@import", "url(http");
        assertThat(html)
                .contains("a&lt;b", "<h2>Objects seen, on and on</h2>")
                .doesNotContain("Attention", "Kept codes", "back after");
    }

    @Test
    void aDifferenceIsOneOnlyIfItsIntervalLeavesZeroOut() throws IOException {
        String html = page().html();
        JsonNode rows = new ObjectMapper().readTree(page().json()).get("rows");

        assertThat(html)
                .contains(
                        "<small>+1.00 (+1.00 to +1.00)</small>",
                        "<small>none +0.0000 (-0.5000 to +0.5000)</small>",
                        "<small>same</small>");
        assertThat(rows.get(0).get("difference").isNull()).isTrue();
        assertThat(rows.get(1).get("differs").booleanValue()).isTrue();
        assertThat(rows.get(2).get("differs").booleanValue()).isFalse();
        assertThat(rows.get(2).get("clips")).hasSize(6);
    }

    @Test
    void tablesCompareWithTheFirstPolicyAndWithTheFullCache() {
        assertThat(EvaluationText.markdown(results)).isEqualTo("""
                        | against a<b | bytes held | nats, all codes |
                        |---|---|---|
                        | a<b | 2,000,000 | 2.00 |
                        | full | 1,000,000 | +1.00 (+1.00 to +1.00) |
                        | close | 500,000 | none +0.0000 (-0.5000 to +0.5000) |
                        | copy | 2,000,000 | same |

                        | against full | bytes held | nats, all codes |
                        |---|---|---|
                        | a<b | 2,000,000 | -1.00 (-1.00 to -1.00) |
                        | full | 1,000,000 | 3.00 |
                        | close | 500,000 | -1.00 (-1.50 to -0.5000) |
                        | copy | 2,000,000 | -1.00 (-1.00 to -1.00) |

                        """);
    }

    private EvaluationPage page() {
        Map<String, CompactionPolicy> policies = Map.of("a<b", PolicyPresets.of("packcache"));
        List<Drift.Span> video = List.of(new Drift.Span(0, 1, 60), new Drift.Span(100, 0.5, 61));
        return new EvaluationPage("seed 1", results, policies, List.of(), Map.of("a<b", List.of(video)), null);
    }

    private static Result result(double[] nats, double bytes) {
        Scores scores = new Scores(nats.length);
        for (int clip = 0; clip < nats.length; clip++) {
            scores.put(clip, Measure.NATS, nats[clip]);
            scores.put(clip, Measure.HELD_BYTES, bytes);
        }
        return new Result(scores, new Obedience(Geometry.SMALL));
    }
}
