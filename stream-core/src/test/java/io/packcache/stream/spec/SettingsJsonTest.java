package io.packcache.stream.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsJsonTest {

    /** Something of every type that settings may hold. */
    public record Camera(
            int width,
            long bytes,
            double gain,
            boolean on,
            Mode mode,
            Duration pause,
            String name,
            Map<String, String> tags,
            Lens lens) {

        public Camera {
            SettingException.requireBetween("width", width, 1, 100);
            if (gain < 0) {
                throw new IllegalArgumentException("gain is at least 0, got " + gain);
            }
        }
    }

    public record Lens(int zoom, String maker) {
        public Lens {
            SettingException.requireBetween("zoom", zoom, 1, 9);
        }
    }

    public enum Mode {
        SLOW,
        VERY_FAST
    }

    private static final Camera DEFAULTS = new Camera(
            8, 1L << 40, 0.5, true, Mode.SLOW, Duration.ofMillis(1500), "a", Map.of("k", "v"), new Lens(2, "m"));

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        assertThat(SettingsJson.parse(SettingsJson.write(DEFAULTS), DEFAULTS)).isEqualTo(DEFAULTS);
        assertThat(SettingsJson.write(DEFAULTS)).contains("\"pause\" : \"1.5s\"", "\"mode\" : \"slow\"");
    }

    @Test
    void aFieldLeftOutKeepsItsDefaultAlsoInARecordInside() throws Exception {
        String given = "{\"mode\": \"very_fast\", \"pause\": \"2m\", \"tags\": {}, \"lens\": {\"zoom\": 3}}";
        assertThat(SettingsJson.parse(given, DEFAULTS))
                .isEqualTo(new Camera(
                        8,
                        1L << 40,
                        0.5,
                        true,
                        Mode.VERY_FAST,
                        Duration.ofMinutes(2),
                        "a",
                        Map.of(),
                        new Lens(3, "m")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"width": "7"}           | $.width is "7"; it must be a whole number
            {"width": 7.0}           | $.width is 7.0; it must be a whole number
            {"width": null}          | $.width is null; it must be a whole number
            {"width": 101}           | $.width: width is 1 to 100, got 101
            {"bytes": 1e3}           | $.bytes is 1000.0; it must be a whole number
            {"gain": true}           | $.gain is true; it must be a number
            {"gain": -1}             | $: gain is at least 0, got -1.0
            {"on": 1}                | $.on is 1; it must be true or false
            {"mode": "SLOW"}         | $.mode is "SLOW"; it must be "slow" or "very_fast"
            {"pause": 2}              | $.pause is 2; it must be a duration such as "0.5s", "2s", "5m" or "1h"
            {"name": ["a"]}          | $.name is ["a"]; it must be a text in quotes
            {"tags": {"a": 1}}       | $.tags.a is 1; it must be a text in quotes
            {"lens": 3}              | $.lens is 3; it must be an object
            {"lens": {"zoom": 0}}    | $.lens.zoom: zoom is 1 to 9, got 0
            {"lens": {"zom": 1}}     | $.lens.zom is no setting; there are zoom, maker
            [1]                      | $ is [1]; it must be an object
            """)
    void aWrongValueIsRefusedWithItsPathAndWhatIsRight(String json, String message) {
        assertThatThrownBy(() -> SettingsJson.parse(json, DEFAULTS))
                .isInstanceOf(SettingsFormatException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"width": 1, "width": 2} | Duplicate field 'width'
            {} {}                    | Trailing token
            {"width":                | (line 1
            """)
    void whatIsNotOneJsonValueIsRefusedWithItsPlace(String json, String message) {
        assertThatThrownBy(() -> SettingsJson.parse(json, DEFAULTS))
                .isInstanceOf(SettingsFormatException.class)
                .hasMessageStartingWith("the settings are not JSON: ")
                .hasMessageContaining(message);
    }

    @Test
    void aFileIsNamedInEveryMessage(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("camera.json");
        assertThatThrownBy(() -> SettingsJson.read(file, DEFAULTS)).hasMessageContaining(file.toString());
        Files.writeString(file, "{\"width\": 0}");
        assertThatThrownBy(() -> SettingsJson.read(file, DEFAULTS))
                .hasMessage(file + ": $.width: width is 1 to 100, got 0");
    }
}
