package io.packcache.stream.tokenizer;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import com.fasterxml.jackson.databind.JsonNode;
import io.packcache.stream.checkpoint.CheckpointException;
import io.packcache.stream.checkpoint.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a prompt into token ids as a Hugging Face {@code tokenizer.json} says. Words that the vocabulary lacks are
 * refused: a model that was never taught a word cannot obey it. Thread-safe.
 *
 * <p>The work is done by the Hugging Face library through DJL. Left to itself DJL looks for its host's cloud identity and
 * reports it whenever a tokenizer is opened, looks for a GPU, and may download another build of its library; so the system
 * properties {@code ai.djl.offline} and {@code RUST_FLAVOR} are set to {@code true} and {@code cpu} before the first use,
 * unless they have values already.
 */
public final class TextTokenizer implements AutoCloseable {

    private static final String OFFLINE = "ai.djl.offline";
    private static final String FLAVOR = "RUST_FLAVOR";

    /** Up to this many words the message about an unknown one lists what the model knows. */
    private static final int LISTED_WORDS = 200;

    private static final int NO_UNKNOWN = -1;

    private final HuggingFaceTokenizer tokenizer;
    private final int unknownId;
    private final Set<Integer> specialIds;
    private final List<String> words;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, int unknownId, Set<Integer> specialIds, List<String> words) {
        this.tokenizer = tokenizer;
        this.unknownId = unknownId;
        this.specialIds = specialIds;
        this.words = words;
    }

    /**
     * Reads {@code tokenizer.json} in a model folder.
     *
     * @throws IOException if the file cannot be read, is no tokenizer, or the native library cannot be loaded
     */
    public static TextTokenizer load(Path folder) throws IOException {
        return load(folder, Integer.MAX_VALUE);
    }

    /**
     * The same for a model with so many ids.
     *
     * @throws CheckpointException if the tokenizer has larger ones: it belongs to another model
     */
    public static TextTokenizer load(Path folder, int vocabulary) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        JsonNode root = StrictJson.parse(file);
        JsonNode model = root.path("model");
        if (!model.has("vocab")) {
            throw new CheckpointException(file + " is no Hugging Face tokenizer: it has no model.vocab");
        }
        Set<Integer> specialIds = new HashSet<>();
        for (JsonNode token : root.path("added_tokens")) {
            if (token.path("special").asBoolean()) {
                specialIds.add(token.path("id").asInt());
            }
        }
        int unknownId = unknownId(model);
        specialIds.remove(unknownId);
        int largestId = largestId(model.get("vocab"), root.path("added_tokens"));
        if (largestId >= vocabulary) {
            throw new CheckpointException(file + " has ids up to " + largestId + ", and the model knows ids below "
                    + vocabulary + "; they do not belong together");
        }
        return new TextTokenizer(
                openNative(file), unknownId, specialIds, words(model.get("vocab"), specialIds, unknownId));
    }

    /** Vocabularies are objects from word to id, or, of unigram models, arrays in the order of ids. */
    private static int largestId(JsonNode vocabulary, JsonNode addedTokens) {
        int largest = vocabulary.isArray() ? vocabulary.size() - 1 : -1;
        if (vocabulary.isObject()) {
            for (JsonNode id : vocabulary) {
                largest = Math.max(largest, id.asInt());
            }
        }
        for (JsonNode token : addedTokens) {
            largest = Math.max(largest, token.path("id").asInt());
        }
        return largest;
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static HuggingFaceTokenizer openNative(Path file) throws IOException {
        setUnlessSet(OFFLINE, "true");
        setUnlessSet(FLAVOR, "cpu");
        try {
            return HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optAddSpecialTokens(false)
                    .optPadding(false)
                    .optTruncation(false)
                    .build();
        } catch (RuntimeException | LinkageError e) {
            throw new IOException("the Hugging Face library cannot open " + file + ": " + e.getMessage(), e);
        }
    }

    private static int unknownId(JsonNode model) {
        if (model.path("unk_token").isTextual()) {
            return model.get("vocab").path(model.get("unk_token").asText()).asInt(NO_UNKNOWN);
        }
        return model.path("unk_id").asInt(NO_UNKNOWN);
    }

    /** The words that a prompt may use, sorted; empty for a vocabulary too large to be listed. */
    private static List<String> words(JsonNode vocabulary, Set<Integer> specialIds, int unknownId) {
        List<String> words = new ArrayList<>();
        if (vocabulary.size() < LISTED_WORDS) {
            for (Map.Entry<String, JsonNode> word : vocabulary.properties()) {
                int id = word.getValue().asInt();
                if (id != unknownId && !specialIds.contains(id)) {
                    words.add(word.getKey());
                }
            }
        }
        words.sort(null);
        return words;
    }

    /**
     * The ids of a prompt, without any special token around them.
     *
     * @param prompt text
     * @param longest most tokens the caller has room for, at least 1
     * @throws IllegalArgumentException if the prompt is blank, holds a word that the model does not know or a special
     *     token, or is longer than {@code longest} tokens
     */
    public synchronized int[] encode(String prompt, int longest) {
        if (prompt.isBlank()) {
            throw new IllegalArgumentException("the prompt is empty; describe what the video shows");
        }
        Encoding encoding = tokenizer.encode(prompt, false, false);
        long[] ids = encoding.getIds();
        if (ids.length > longest) {
            throw new IllegalArgumentException(
                    "the prompt has " + ids.length + " tokens, and the model has room for " + longest);
        }
        int[] result = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            result[i] = Math.toIntExact(ids[i]);
            if (result[i] == unknownId) {
                throw new IllegalArgumentException("the model does not know " + place(prompt, encoding, i) + known());
            }
            if (specialIds.contains(result[i])) {
                throw new IllegalArgumentException(
                        place(prompt, encoding, i)
                                + " is a special token, and a prompt may hold none: it would end or divide what the model reads");
            }
        }
        return result;
    }

    /** The text of token {@code i} as the user wrote it, and where it begins. Spans count code points. */
    private static String place(String prompt, Encoding encoding, int i) {
        CharSpan span = encoding.getCharTokenSpans()[i];
        if (span == null) {
            return '"' + encoding.getTokens()[i] + '"';
        }
        int start = prompt.offsetByCodePoints(0, span.getStart());
        int end = prompt.offsetByCodePoints(start, span.getEnd() - span.getStart());
        return '"' + prompt.substring(start, end) + "\" (at character " + (span.getStart() + 1) + " of the prompt)";
    }

    private String known() {
        return words.isEmpty() ? "" : "; it knows: " + String.join(", ", words);
    }

    @Override
    public synchronized void close() {
        tokenizer.close();
    }
}
