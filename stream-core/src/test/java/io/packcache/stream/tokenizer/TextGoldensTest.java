package io.packcache.stream.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ids that Hugging Face's own library gives, see bpe/make.py. */
class TextGoldensTest {

    private static final int ROOM = 1_000_000;

    private static Path folder;
    private static TextTokenizer tokenizer;

    @BeforeAll
    static void load() throws IOException, URISyntaxException {
        folder = Path.of(TextGoldensTest.class.getResource("bpe/tokenizer.json").toURI())
                .getParent();
        tokenizer = TextTokenizer.load(folder);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void everyTextHasTheIdsOfTheOriginalLibrary() throws IOException {
        int checked = 0;
        for (JsonNode golden : StrictJson.parse(folder.resolve("goldens.json"))) {
            String text = golden.get("text").asText().repeat(golden.get("times").asInt());
            if (text.isBlank()) {
                assertThatThrownBy(() -> tokenizer.encode(text, ROOM)).hasMessageContaining("the prompt is empty");
                continue;
            }
            int[] ids = tokenizer.encode(text, ROOM);
            if (golden.has("ids")) {
                assertThat(ids).as(text).containsExactly(expected(golden.get("ids")));
            } else {
                assertThat(ids).hasSize(golden.get("count").asInt());
                assertThat(hash(ids)).isEqualTo(golden.get("hash").asLong());
            }
            checked++;
        }
        assertThat(checked).isGreaterThan(10);
    }

    private static int[] expected(JsonNode ids) {
        int[] expected = new int[ids.size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = ids.get(i).asInt();
        }
        return expected;
    }

    private static long hash(int[] ids) {
        long hash = 0;
        for (int i = 0; i < ids.length; i++) {
            hash += (i + 1L) * ids[i];
        }
        return hash % 1_000_003;
    }

    @Test
    void aVeryLongPromptIsRefusedWithBothLengths() {
        assertThatThrownBy(() -> tokenizer.encode("a red bus ".repeat(50_000), 4096))
                .hasMessageContaining("and the model has room for 4096");
    }

    @Test
    void aSpecialTokenInAPromptIsRefusedAsWritten() {
        assertThatThrownBy(() -> tokenizer.encode("a bus <reserved08706> at night", ROOM))
                .hasMessageContaining("\"<reserved08706>\" (at character 7 of the prompt) is a special token");
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused() {
        assertThatThrownBy(() -> TextTokenizer.load(folder, 300))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("has ids up to 421, and the model knows ids below 300");
    }
}
