package io.packcache.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.packcache.media.file.GifSink;
import io.packcache.media.file.HlsSink;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.file.MpegTsSink;
import io.packcache.media.file.WebmSink;
import io.packcache.media.file.WebpSink;
import io.packcache.media.file.Y4mSink;
import io.packcache.media.image.PngSequenceSink;
import io.packcache.media.image.SheetSink;
import io.packcache.media.live.LiveListener;
import io.packcache.media.live.LiveSink;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import io.packcache.stream.spec.SettingsFormatException;
import io.packcache.stream.spec.SettingsJson;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkAddressTest {

    @TempDir
    Path folder;

    @Test
    void theEndingOfTheNameSaysWhichSink() throws SinkException {
        assertOpens(folder + "/film.mp4", Mp4Sink.class);
        assertOpens(folder + "/FILM.MP4", Mp4Sink.class);
        assertOpens(folder + "/film.webm", WebmSink.class);
        assertOpens(folder + "/film.ts", MpegTsSink.class);
        assertOpens(folder + "/film.m3u8", HlsSink.class);
        assertOpens(folder + "/film.gif", GifSink.class);
        assertOpens(folder + "/film.webp", WebpSink.class);
        assertOpens(folder + "/sheet.jpg", SheetSink.class);
        assertOpens(folder + "/sheet.JPEG", SheetSink.class);
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
                    .hasMessageEndingWith("an address is " + SinkAddress.FORMS);
        }
    }

    @Test
    void anAddressOfNoKindIsNotRepeatedForItMayHoldAKey() {
        assertThatThrownBy(() -> assertOpens("rtmpx://host/live/secret", FrameSink.class))
                .isInstanceOf(SinkException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void whetherToOverwriteAndTheSizeGoToEveryKind() {
        SinkSettings settings = SinkSettings.DEFAULTS.withOverwrite(true).withSize(640, 360);
        String json = SettingsJson.write(settings);
        assertThat(json).doesNotContain("\"overwrite\" : false").doesNotContain("\"width\" : 0");
    }

    @Test
    void allSettingsAreWrittenAsJsonAndReadBack() throws SettingsFormatException {
        assertThat(SettingsJson.parse(SettingsJson.write(SinkSettings.FINITE), SinkSettings.DEFAULTS))
                .isEqualTo(SinkSettings.FINITE);
        assertThat(SettingsJson.parse("{}", SinkSettings.DEFAULTS)).isEqualTo(SinkSettings.DEFAULTS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"mp4": {"coding": {"quality": 52}}}     | $.mp4.coding.quality: quality is 1 (best) to 51, got 52
            {"mp4": {"coding": {"codec": "h263"}}}   | $.mp4.coding.codec is "h263"; it must be "h264" or "hevc" or "av1" or "vp9"
            {"mp4": {"container": "mov"}}            | $.mp4.container is "mov"; it must be "faststart" or "fragmented"
            {"mp4": {"metadata": {"mood": "blue"}}}  | $.mp4.metadata: MP4 keeps no metadata called mood; it keeps [artist, comment, copyright, date, description, keywords, title]
            {"webm": {"coding": {"codec": "h264"}}}  | $.webm.coding: WebM holds VP9 or AV1, got H264
            {"hls": {"window": 1}}                   | $.hls.window: window is 2 to 100000 segments, or 0 for all, got 1
            {"gif": {"scaling": "cubic"}}            | $.gif.scaling is "cubic"; it must be "nearest" or "lanczos"
            {"webp": {"quality": 0}}                 | $.webp.quality: quality is 1 to 100, got 0
            {"sheet": {"columns": 33}}               | $.sheet.columns: columns is 1 to 32, got 33
            {"ts": {"coding": {"bitrate": 5}}}       | $.ts.coding.bitrate: bitrate is 10000 to 1000000000 bits a second, or 0 for none, got 5
            {"mpeg": {}}                             | $.mpeg is no setting; there are mp4, webm, ts, hls, gif, webp, sheet, live, overwrite
            """)
    void aWrongSettingIsRefusedWithItsPathAndWhatIsRight(String json, String message) {
        assertThatThrownBy(() -> SettingsJson.parse(json, SinkSettings.DEFAULTS))
                .isInstanceOf(SettingsFormatException.class)
                .hasMessage(message);
    }

    @Test
    void ofALiveAddressOnlyTheHostIsShown() {
        assertThat(SinkAddress.shown("rtmp://host:1935/live/secret")).isEqualTo("rtmp://host:1935");
        assertThat(SinkAddress.shown("srt://host:9000?passphrase=secret")).isEqualTo("srt://host:9000");
        assertThat(SinkAddress.shown("films/red.mp4")).isEqualTo("films/red.mp4");
        assertThat(SinkAddress.isLive("UDP://239.0.0.1:5000")).isTrue();
        assertThat(SinkAddress.isLive("https://host/film.mp4")).isFalse();
    }

    private void assertOpens(String address, Class<? extends FrameSink> kind) throws SinkException {
        try (FrameSink sink =
                SinkAddress.open(address, SinkSettings.DEFAULTS, LiveListener.NONE, new ByteArrayOutputStream())) {
            assertThat(sink).isInstanceOf(kind);
        }
    }
}
