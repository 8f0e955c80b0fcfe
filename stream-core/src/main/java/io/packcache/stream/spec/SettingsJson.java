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
        return inFile(file, text -> parse(text, defaults));
    }

    /** What makes an object of a file's text. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(String text) throws SettingsFormatException;
    }

    /**
     * Reads a file and hands its text on; every refusal names the file.
     *
     * @throws SettingsFormatException if it cannot be read or {@code reader} does not accept it
     */
    public static <T> T inFile(Path file, Reader<T> reader) throws SettingsFormatException {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new SettingsFormatException("the settings file " + file + " cannot be read: " + e, e);
        }
        try {
            return reader.read(text);
        } catch (SettingsFormatException e) {
            throw new SettingsFormatException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads settings from JSON text.
     *
     * @param defaults what fields left out are
     * @throws SettingsFormatException if the text is not accepted
     */
    public static <R extends Record> R parse(String json, R defaults) throws SettingsFormatException {
        return read(tree(json), defaults, "$");
    }

    /**
     * Reads settings that are a part of a larger JSON text.
     *
     * @param defaults what fields left out are
     * @param path where the part stands, such as {@code $.request}
     * @throws SettingsFormatException if it is not accepted
     */
    public static <R extends Record> R read(JsonNode json, R defaults, String path) throws SettingsFormatException {
        return SettingsShape.read(json, defaults, path);
    }

    /**
     * Parses JSON text: no repeated field, nothing after the end.
     *
     * @throws SettingsFormatException if it is not JSON; the message names line and column
     */
    public static JsonNode tree(String json) throws SettingsFormatException {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new SettingsFormatException(
                    "the settings are not JSON: " + e.getOriginalMessage() + " (line "
                            + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + ")",
                    e);
        }
    }
}
