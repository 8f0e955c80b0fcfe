package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {

    private static final List<String> WORDS = List.of("a", "circle", "moves", "red", "right");

    @TempDir
    Path folder;

    private static String tokenizerJson(String vocabulary) {
        return """
                {"version": "1.0", "truncation": {"max_length": 3, "strategy": "LongestFirst", "stride": 0,
                  "direction": "Right"}, "padding": null,
                 "added_tokens": [
                  {"id": 0, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 1, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true}],
                 "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
                 "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {"[PAD]": 0, "[UNK]": 1%s}, "unk_token": "[UNK]"}}
                """.formatted(vocabulary);
    }

    private TextTokenizer load() throws IOException {
        String vocabulary = IntStream.range(0, WORDS.size())
                .mapToObj(i -> ", \"" + WORDS.get(i) + "\": " + (2 + i))
                .collect(Collectors.joining());
        return load(tokenizerJson(vocabulary));
    }

    private TextTokenizer load(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        return TextTokenizer.load(folder);
    }

    @Test
    void wordsBecomeTheirIdsWithoutSpecialTokensAndUntruncated() throws IOException {
        try (TextTokenizer tokenizer = load()) {
            assertThat(tokenizer.encode("A red circle  moves right", 5)).containsExactly(2, 5, 3, 4, 6);
        }
    }

    @Test
    void anUnknownWordIsRefusedAsWrittenWithItsPlaceAndTheWordsKnown() throws IOException {
        try (TextTokenizer tokenizer = load()) {
            assertThatThrownBy(() -> tokenizer.encode("a Purple circle", 9))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the model does not know \"Purple\" (at character 3 of the prompt);"
                            + " it knows: a, circle, moves, red, right");
        }
    }

    @Test
    void theUnknownWordIsCutOutRightlyBehindCharactersOfTwoUnits() throws IOException {
        try (TextTokenizer tokenizer = load(tokenizerJson(", \"\uD83D\uDE42\": 2"))) {
            assertThatThrownBy(() -> tokenizer.encode("\uD83D\uDE42 größer", 9))
                    .hasMessageContaining("\"größer\" (at character 3 ");
        }
    }

    @Test
    void aLargeVocabularyIsNotListed() throws IOException {
        String vocabulary =
                IntStream.range(2, 300).mapToObj(i -> ", \"w" + i + "\": " + i).collect(Collectors.joining());
        try (TextTokenizer tokenizer = load(tokenizerJson(vocabulary))) {
            assertThatThrownBy(() -> tokenizer.encode("w2 purple", 9)).hasMessageEndingWith("of the prompt)");
        }
    }

    @Test
    void aSpecialTokenWrittenOutIsRefused() throws IOException {
        try (TextTokenizer tokenizer = load()) {
            assertThatThrownBy(() -> tokenizer.encode("a [PAD] circle", 9))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("\"[PAD]\" (at character 3 of the prompt) is a special token");
            assertThatThrownBy(() -> tokenizer.encode("a [UNK]", 9)).hasMessageContaining("does not know \"[UNK]\"");
        }
    }

    @Test
    void anEmptyPromptIsRefused() throws IOException {
        try (TextTokenizer tokenizer = load()) {
            assertThatThrownBy(() -> tokenizer.encode(" \n", 9))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the prompt is empty");
        }
    }

    @Test
    void aPromptLongerThanTheRoomIsRefusedWithBothLengths() throws IOException {
        try (TextTokenizer tokenizer = load()) {
            assertThatThrownBy(() -> tokenizer.encode("a red circle moves", 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the prompt has 4 tokens, and the model has room for 3");
        }
    }

    @Test
    void aFileThatIsNoTokenizerIsRefusedByName() {
        assertThatThrownBy(() -> TextTokenizer.load(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tokenizer.json");
        assertThatThrownBy(() -> load("{}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tokenizer.json is no Hugging Face tokenizer: it has no model.vocab");
        assertThatThrownBy(() -> load("{\"model\": {\"type\": \"Riddle\", \"vocab\": {}}}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot open");
    }

    @Test
    void noNetworkIsAskedBecauseTheLibraryIsToldSo() throws IOException {
        load().close();
        assertThat(System.getProperty("ai.djl.offline")).isEqualTo("true");
    }
}
