package io.packcache.operators.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every piece of Java in the module's README stands, but for white space, in a test that runs it. */
class ReadmeTest {

    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Path MANUAL = Path.of("src/test/java/io/packcache/operators/manual");

    static List<String> snippets() throws IOException {
        return SNIPPET.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```java\n".length(), block.length() - "```".length()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void isRunByATest(String snippet) throws IOException {
        assertThat(tests()).contains(withoutSpace(snippet));
    }

    @Test
    void isShownFirstInReactorAndThenInAkka() throws IOException {
        List<String> snippets = snippets();
        assertThat(snippets.stream().map(snippet -> snippet.contains(".transform(")))
                .containsExactlyElementsOf(IntStream.range(0, snippets.size())
                        .mapToObj(i -> i % 2 == 0)
                        .toList());
        assertThat(snippets.size() % 2).as("pieces without their other half").isZero();
    }

    private static String tests() throws IOException {
        try (Stream<Path> files = Files.list(MANUAL)) {
            return withoutSpace(files.map(ReadmeTest::text).collect(Collectors.joining()));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
