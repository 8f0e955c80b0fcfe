package io.packcache.stream.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Any settings record as JSON: its components are the fields, by their names.
 *
 * <p>Components may be numbers, texts, flags, enums (in lower case), durations ({@code "0.5s"}, {@code "2s"},
 * {@code "5m"}, {@code "1h"}), maps of texts, and records of these. A field left out keeps the value of the defaults
 * given. Unknown and repeated fields, wrong types, null, and whatever a record's constructor refuses, are refused with
 * the path of the field, its value and what is right. Safe from any thread.
 */
public final class SettingsJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SettingsJson() {}

    /** All settings of a record, as {@link #parse} reads them. */
    public static String write(Record settings) {
        return SettingsShape.write(settings).toPrettyString();
    }

    /**
     * Reads settings from a file.
     *
     * @param defaults what fields left out are
     * @throws SettingsFormatException if it cannot be read or is not accepted
     */
    public static <R extends Record> R read(Path file, R defaults) throws SettingsFormatException {
        try {
            return parse(Files.readString(file), defaults);
        } catch (SettingsFormatException e) {
            throw new SettingsFormatException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new SettingsFormatException("the settings file " + file + " cannot be read: " + e, e);
        }
    }

    /**
     * Reads settings from JSON text.
     *
     * @param defaults what fields left out are
     * @throws SettingsFormatException if the text is not accepted
     */
    public static <R extends Record> R parse(String json, R defaults) throws SettingsFormatException {
        JsonNode tree;
        try {
            tree = MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new SettingsFormatException(
                    "the settings are not JSON: " + e.getOriginalMessage() + " (line "
                            + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")",
                    e);
        }
        return SettingsShape.read(tree, defaults, "$");
    }
}
