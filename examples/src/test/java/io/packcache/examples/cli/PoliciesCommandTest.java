package io.packcache.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.kvcache.policy.PolicyPresets;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PoliciesCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theListNamesEveryPolicyWithItsPaperAndSettingsInAHundredColumns() {
        assertThat(run("policies")).isZero();

        String list = out.toString();
        assertThat(list).contains("PackCache, arxiv.org/abs/2601.04359", "told: attention mass", "set: kernel 5, *");
        assertThat(list.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        for (String name : PolicyPresets.names()) {
            assertThat(list.lines()).anySatisfy(line -> assertThat(line).startsWith(name + " "));
        }
    }

    @Test
    void oneNameShowsItsSettingsAsJsonThatIsAccepted() {
        assertThat(run("policies", "snapkv")).isZero();

        String detail = out.toString();
        assertThat(detail).contains("kernel = 5", "a whole number, odd and at least 1", "kvpress");
        assertThat(PolicyPresets.parse(detail.substring(detail.lastIndexOf("\n{") + 1)))
                .isEqualTo(PolicyPresets.of("snapkv"));
    }

    @Test
    void anUnknownNameIsAnsweredWithThoseThereAre() {
        assertThat(run("policies", "lru")).isEqualTo(2);

        assertThat(err.toString()).contains("there is no policy \"lru\"; there are packcache, full, window, sinks");
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
