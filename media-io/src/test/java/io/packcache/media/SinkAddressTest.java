package io.packcache.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.file.Y4mSink;
import io.packcache.media.image.PngSequenceSink;
import io.packcache.media.live.LiveListener;
import io.packcache.media.live.LiveSettings;
import io.packcache.media.live.LiveSink;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinkAddressTest {

    @TempDir
    Path folder;

    @Test
    void theEndingOfTheNameSaysWhichSink() throws SinkException {
        assertOpens(folder + "/film.mp4", Mp4Sink.class);
        assertOpens(folder + "/FILM.MP4", Mp4Sink.class);
        assertOpens(folder + "/%05d.png", PngSequenceSink.class);
        assertOpens("rtmp://127.0.0.1:1/live/key", LiveSink.class);
        assertOpens("-", Y4mSink.class);
        assertThat(folder.toFile().list()).as("nothing is written yet").isEmpty();
    }

    @Test
    void anAddressThatNamesNoSinkIsRefusedWithTheOnesThereAre() {
        for (String address : new String[] {"", "film", "film.txt", "ftp://host/film"}) {
            assertThatThrownBy(() -> assertOpens(address, FrameSink.class))
                    .isInstanceOf(SinkException.class)
                    .hasMessageContaining(
                            "film.mp4, frames/%05d.png, rtmp://host/application/key, or - for standard output");
        }
    }

    private void assertOpens(String address, Class<? extends FrameSink> kind) throws SinkException {
        try (FrameSink sink = SinkAddress.open(
                address, Mp4Settings.DEFAULTS, LiveSettings.DEFAULTS, LiveListener.NONE, new ByteArrayOutputStream())) {
            assertThat(sink).isInstanceOf(kind);
        }
    }
}
