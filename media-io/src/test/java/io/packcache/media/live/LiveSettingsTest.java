package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.stream.spec.SettingsFormatException;
import io.packcache.stream.spec.SettingsJson;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LiveSettingsTest {

    @Test
    void jsonHoldsAllOfThemAndWhatIsLeftOutIsTheDefault() throws SettingsFormatException {
        LiveSettings settings = SettingsJson.parse(
                "{\"queue\": 50, \"deadlines\": {\"write\": \"0.5s\"}, \"coding\": {\"silentAudio\": true}}",
                LiveSettings.DEFAULTS);
        assertThat(settings.queue()).isEqualTo(50);
        assertThat(settings.deadlines())
                .isEqualTo(new LiveSettings.Deadlines(
                        Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(5)));
        assertThat(settings.coding()).isEqualTo(LiveSettings.DEFAULTS.coding().withSilentAudio(true));
        assertThat(SettingsJson.parse(SettingsJson.write(settings), LiveSettings.DEFAULTS))
                .isEqualTo(settings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"queue\": 0} | $.queue",
                "{\"coding\": {\"quality\": 52}} | $.coding.quality",
                "{\"coding\": {\"width\": 100}} | $.coding.width",
                "{\"deadlines\": {\"close\": \"0s\"}} | $.deadlines.close",
                "{\"retries\": {\"giveUpAfter\": \"99h\"}} | $.retries.giveUpAfter",
                "{\"retries\": {\"tries\": 3}} | $.retries.tries"
            })
    void aWrongValueIsRefusedWithItsPath(String json, String path) {
        assertThatThrownBy(() -> SettingsJson.parse(json, LiveSettings.DEFAULTS))
                .isInstanceOf(SettingsFormatException.class)
                .hasMessageContaining(path);
    }
}
