package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.packcache.stream.spec.SettingsJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The README shows the settings as they are. */
class LiveReadmeTest {

    @Test
    void theSettingsItListsAreTheDefaults() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        int section = readme.indexOf("## Go live");
        int begin = readme.indexOf("```json\n", section) + "```json\n".length();
        String shown = readme.substring(begin, readme.indexOf("```", begin));
        Duration odd = Duration.ofMinutes(7);
        LiveSettings other = new LiveSettings(
                new LiveSettings.Coding(1, 2, 2, odd, true),
                new LiveSettings.Deadlines(odd, odd, odd),
                new LiveSettings.Retries(odd, odd, odd),
                1);
        assertThat(SettingsJson.parse(shown, other)).isEqualTo(LiveSettings.DEFAULTS);
    }
}
