package io.packcache.examples.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.packcache.examples.report.PolicyMeasures.KeptFrame;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportPageTest {

    private static final PolicyMeasures MEASURED = new PolicyMeasures(
            "a<b",
            "{\"policy\": \"packcache\"}",
            List.of(0.1, 0.2, 0.15),
            List.of(1L << 20, 2L << 20, 2L << 20),
            List.of(70L, 140L, 1140L),
            List.of(1.0, 1.0, 0.5),
            List.of(Double.NaN, 0.3, 0.2),
            List.of(),
            List.of(),
            List.of(),
            List.of(new KeptFrame(6, new double[][] {{1, 0.5}, {0, 0.25}})));

    private final ReportPage page =
            new ReportPage("\u201ca <red> circle\u201d", "seed 1", List.of(MEASURED), new byte[] {1, 2});

    @Test
    void thePageNeedsNothingBesideItAndShowsNoTextAsMarkup() {
        String html = page.html();

        assertThat(html).doesNotContain("<red>", "a<b", "src=\"http", "href=", "<script", "@import", "url(http");
        assertThat(html)
                .contains("a &lt;red&gt; circle", "a&lt;b", "prefers-color-scheme: dark", "data:image/png;base64,AQI=");
    }

    @Test
    void everyMeasureIsDrawnAndWhatWasNotMeasuredIsLeftOut() {
        String html = page.html();

        assertThat(html).contains("<h2>Time</h2>", "<h2>Likelihood of the true codes</h2>", "<h2>Kept codes</h2>");
        assertThat(html).doesNotContain("<h2>Object error</h2>", "<h2>Kept attention</h2>");
        assertThat(html.split("<svg", -1)).hasSize(1 + 5 + 1);
        assertThat(html).contains("frame 7", "fill-opacity=\"1.00\"", "fill-opacity=\"0.54\"", "fill-opacity=\"0.08\"");
    }

    @Test
    void theSummaryGivesEndsAndMeansAndLeavesOutWhatWasNotMeasured() {
        assertThat(page.html())
                .contains("<th>nats</th></tr><tr><td>a&lt;b</td>"
                        + "<td>1,140</td><td>2.00</td><td>150.0</td><td>0.833</td><td>0.2500</td></tr></table>");
    }

    @Test
    void theNumbersStandInTheJson() throws IOException {
        JsonNode policy =
                new ObjectMapper().readTree(page.json()).path("policies").path(0);

        assertThat(policy.path("settings").path("policy").textValue()).isEqualTo("packcache");
        assertThat(policy.path("agreement").path(2).doubleValue()).isEqualTo(0.5);
        assertThat(policy.path("residentBytes").path(0).longValue()).isEqualTo(1 << 20);
        assertThat(policy.path("kept").path(0).path("shares").path(1).path(1).doubleValue())
                .isEqualTo(0.25);
    }
}
