package io.packcache.kvcache.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list of policies in this module's README is the list of presets. */
class PolicyTableTest {

    @Test
    void theReadmeListsEveryPolicyAsItsClassDoes() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String table = PolicyPresets.cards().stream()
                .map(PolicyTableTest::row)
                .collect(
                        Collectors.joining("\n", "| name | keeps | paper | must be told |\n|---|---|---|---|\n", "\n"));

        assertThat(readme).contains("<!-- policies -->\n" + table + "<!-- end -->");
    }

    @Test
    void theCurveOfBitsInTheReadmeIsAPolicy() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        int start = readme.indexOf("```json\n") + "```json\n".length();

        assertThat(PolicyPresets.parse(readme.substring(start, readme.indexOf("```", start))))
                .isEqualTo(Encoded.defaults()
                        .withBase(SlidingWindow.defaults().withWindow(5))
                        .withCodecs(List.of("raw", "bfloat16", "int8", "int4", "int2")));
    }

    private static String row(PolicyCard card) {
        String paper = card.arxiv().isEmpty()
                ? card.title()
                : "[" + card.title() + "](https://arxiv.org/abs/" + card.arxiv() + ")";
        String told = card.signals().stream()
                .map(signal -> signal.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .collect(Collectors.joining(", "));
        return "| `" + card.name() + "` | " + card.keeps() + " | " + paper + " | " + told + " |";
    }
}
