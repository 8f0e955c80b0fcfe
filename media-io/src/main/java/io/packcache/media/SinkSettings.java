package io.packcache.media;

import io.packcache.media.file.GifSettings;
import io.packcache.media.file.HlsSettings;
import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.MpegTsSettings;
import io.packcache.media.file.WebmSettings;
import io.packcache.media.file.WebpSettings;
import io.packcache.media.image.SheetSettings;
import io.packcache.media.live.LiveSettings;
import java.util.Map;

/**
 * Settings for every kind of sink that an address may name. Each {@code withX} is a copy with one thing changed.
 *
 * @param mp4 for {@code .mp4} and {@code .m4v}
 * @param webm for {@code .webm}
 * @param ts for {@code .ts}
 * @param hls for {@code .m3u8}
 * @param gif for {@code .gif}
 * @param webp for {@code .webp}
 * @param sheet for {@code .jpg} and {@code .jpeg}
 * @param live for {@code rtmp://}, {@code rtmps://}, {@code srt://} and {@code udp://}
 * @param overwrite whether numbered {@code .png} files are replaced, which have no other setting; default false
 */
public record SinkSettings(
        Mp4Settings mp4,
        WebmSettings webm,
        MpegTsSettings ts,
        HlsSettings hls,
        GifSettings gif,
        WebpSettings webp,
        SheetSettings sheet,
        LiveSettings live,
        boolean overwrite) {

    /** Defaults of each kind, for pictures of which nobody knows whether they end. */
    public static final SinkSettings DEFAULTS = new SinkSettings(
            Mp4Settings.DEFAULTS,
            WebmSettings.DEFAULTS,
            MpegTsSettings.DEFAULTS,
            HlsSettings.DEFAULTS,
            GifSettings.DEFAULTS,
            WebpSettings.DEFAULTS,
            SheetSettings.DEFAULTS,
            LiveSettings.DEFAULTS,
            false);

    /** Defaults of each kind for a render of known length: an MP4 with its index first, a playlist that keeps all. */
    public static final SinkSettings FINITE = new SinkSettings(
            Mp4Settings.FINITE,
            WebmSettings.DEFAULTS,
            MpegTsSettings.DEFAULTS,
            HlsSettings.DEFAULTS.withWindow(0),
            GifSettings.DEFAULTS,
            WebpSettings.DEFAULTS,
            SheetSettings.DEFAULTS,
            LiveSettings.DEFAULTS,
            false);

    public SinkSettings withMp4(Mp4Settings value) {
        return new SinkSettings(value, webm, ts, hls, gif, webp, sheet, live, overwrite);
    }

    public SinkSettings withWebm(WebmSettings value) {
        return new SinkSettings(mp4, value, ts, hls, gif, webp, sheet, live, overwrite);
    }

    public SinkSettings withTs(MpegTsSettings value) {
        return new SinkSettings(mp4, webm, value, hls, gif, webp, sheet, live, overwrite);
    }

    public SinkSettings withHls(HlsSettings value) {
        return new SinkSettings(mp4, webm, ts, value, gif, webp, sheet, live, overwrite);
    }

    public SinkSettings withGif(GifSettings value) {
        return new SinkSettings(mp4, webm, ts, hls, value, webp, sheet, live, overwrite);
    }

    public SinkSettings withWebp(WebpSettings value) {
        return new SinkSettings(mp4, webm, ts, hls, gif, value, sheet, live, overwrite);
    }

    public SinkSettings withSheet(SheetSettings value) {
        return new SinkSettings(mp4, webm, ts, hls, gif, webp, value, live, overwrite);
    }

    public SinkSettings withLive(LiveSettings value) {
        return new SinkSettings(mp4, webm, ts, hls, gif, webp, sheet, value, overwrite);
    }

    /** Whether files that exist are replaced, of every kind. */
    public SinkSettings withOverwrite(boolean value) {
        return new SinkSettings(
                mp4.withOverwrite(value),
                webm.withOverwrite(value),
                ts.withOverwrite(value),
                hls.withOverwrite(value),
                gif.withOverwrite(value),
                webp.withOverwrite(value),
                sheet.withOverwrite(value),
                live,
                value);
    }

    /** The size of what is shown, of every kind but the contact sheet. */
    public SinkSettings withSize(int width, int height) {
        return new SinkSettings(
                mp4.withSize(width, height),
                webm.withCoding(webm.coding().withSize(width, height)),
                ts.withCoding(ts.coding().withSize(width, height)),
                hls.withCoding(hls.coding().withSize(width, height)),
                gif.withSize(width, height),
                webp.withSize(width, height),
                sheet,
                live.withCoding(live.coding().withSize(width, height)),
                overwrite);
    }

    /** What files say about themselves, of every kind that can: title, comment and the like. */
    public SinkSettings withMetadata(Map<String, String> value) {
        return withMp4(mp4.withMetadata(value)).withWebm(webm.withMetadata(value));
    }
}
