package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveAddressTest {

    @ParameterizedTest
    @CsvSource({
        "rtmps://live.example.org:443/app/a-key?auth=1, rtmps://live.example.org:443/app/***, flv",
        "rtmp://host/app/deep/key, rtmp://host/app/***, flv",
        "srt://host:9000, srt://host:9000, mpegts",
        "srt://host:9000?streamid=hush-hush&latency=200000, srt://host:9000?***, mpegts",
        "udp://239.1.2.3:5000?ttl=3, udp://239.1.2.3:5000?***, mpegts"
    })
    void itPrintsItselfWithoutItsSecret(String url, String shown, String format) {
        LiveAddress address = new LiveAddress(url);
        assertThat(address).hasToString(shown);
        assertThat(address.target().url()).isEqualTo(url);
        assertThat(address.target().format()).isEqualTo(format);
        assertThat(address.target()).hasToString(shown + " as " + format);
    }

    @Test
    void theSecretAndItsLongerPartsAreToBeHidden() {
        assertThat(new LiveAddress("rtmp://host/app/a-key?auth=1&token=abcd").secrets())
                .containsExactly("a-key?auth=1&token=abcd", "a-key", "auth", "token", "abcd");
        assertThat(new LiveAddress("srt://host:9000?streamid=hush-hush&latency=200").secrets())
                .containsExactly("streamid=hush-hush&latency=200", "hush-hush");
        assertThat(new LiveAddress("udp://host:9000").secrets()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "film.mp4",
                "http://host/app/hush",
                "rtmp://host/hush",
                "rtmp://host/app/",
                "rtmp:///app/hush",
                "rtmp://host/app/hush hush",
                "rtmp://user:hush@host/app/key",
                "srt://host?passphrase=hush",
                "srt://host:1/hush",
                "srt://host:1?mode=hush",
                "udp://host:1?hush"
            })
    void anythingElseIsRefusedWithoutRepeatingIt(String url) {
        assertThatThrownBy(() -> new LiveAddress(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a live address is rtmp://host/application/key")
                .hasMessageNotContaining("hush");
    }
}
