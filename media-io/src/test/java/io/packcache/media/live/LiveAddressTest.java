package io.packcache.media.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LiveAddressTest {

    @Test
    void itPrintsItselfWithoutItsKey() {
        LiveAddress address = new LiveAddress("rtmps://live.example.org:443/app/a-key?auth=1");
        assertThat(address).hasToString("rtmps://live.example.org:443/app/***");
        assertThat(address.key()).isEqualTo("a-key?auth=1");
        assertThat(address.url()).isEqualTo("rtmps://live.example.org:443/app/a-key?auth=1");
    }

    @Test
    void anythingElseIsRefusedWithoutRepeatingIt() {
        for (String url : new String[] {
            "",
            "film.mp4",
            "http://host/app/hush",
            "rtmp://host/hush",
            "rtmp://host/app/",
            "rtmp:///app/hush",
            "rtmp://host/app/hush hush",
            "rtmp://user:hush@host/app/key"
        }) {
            assertThatThrownBy(() -> new LiveAddress(url))
                    .as(url)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("a live address is rtmp://host/application/key")
                    .hasMessageNotContaining("hush");
        }
    }

    @Test
    void waitsDoubleUpToTheLastLessUpToHalfByChance() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofMillis(1000), new Random(1));
        long[] most = {100, 200, 400, 800, 1000, 1000};
        for (int failures = 1; failures <= most.length; failures++) {
            for (int i = 0; i < 100; i++) {
                assertThat(backoff.after(failures))
                        .isBetween(most[failures - 1] * 500_000, most[failures - 1] * 1_000_000);
            }
        }
        assertThat(backoff.after(1_000_000)).isBetween(500_000_000L, 1_000_000_000L);
    }
}
