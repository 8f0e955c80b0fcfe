package io.packcache.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private final Report report = new Report()
            .row("size", "64")
            .times("ours", new Times(List.of(0.002)))
            .row("size", "12288")
            .times("ours", new Times(List.of(0.25)))
            .number("against peer", 1.25, "%.2fx")
            .remark("peak: %d", 117);

    @Test
    void figuresStandUnderTheirColumnEvenWhereARowLacksOne() {
        StringWriter text = new StringWriter();
        report.print(new PrintWriter(text, true));
        assertThat(text.toString().lines())
                .containsExactly(
                        "size       ours  ours +-  against peer",
                        "64     2.000 ms      0 %",
                        "12288  250.0 ms      0 %         1.25x",
                        "peak: 117");
    }

    @Test
    void jsonHoldsTheNumbersNotTheirText() {
        assertThat(report.json().at("/rows/1/against peer").doubleValue()).isEqualTo(1.25);
        assertThat(report.json().at("/rows/0/ours").doubleValue()).isEqualTo(2);
        assertThat(report.json().at("/remarks/0").textValue()).isEqualTo("peak: 117");
    }
}
