package io.packcache.media.file;

import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.spec.SettingException;

/**
 * How HTTP live streaming files are made. Each {@code withX} is a copy with one thing changed.
 *
 * @param coding how pictures are coded: H.264 (the default) or HEVC; its key interval is the length of a segment, at least
 *     500 ms
 * @param window segments that the playlist names, at least 2; older ones are deleted once players cannot need them any
 *     more. 0 keeps all, for a finished film; default 6
 * @param overwrite whether a playlist and segments of these names are replaced; default false
 */
public record HlsSettings(VideoCoding coding, int window, boolean overwrite) {

    /** A live playlist of six segments of two seconds. */
    public static final HlsSettings DEFAULTS = new HlsSettings(VideoCoding.DEFAULTS.withQuality(23), 6, false);

    private static final int MOST_SEGMENTS = 100_000;
    private static final long SHORTEST_MILLIS = 500;

    public HlsSettings {
        if (coding.codec() != VideoCodec.H264 && coding.codec() != VideoCodec.HEVC) {
            throw new SettingException("coding", "HLS players take H264 or HEVC, got " + coding.codec());
        }
        if (coding.keyInterval().toMillis() < SHORTEST_MILLIS) {
            throw new SettingException(
                    "coding", "a segment lasts one key interval, at least 500 ms, got " + coding.keyInterval());
        }
        if (window != 0 && (window < 2 || window > MOST_SEGMENTS)) {
            throw new SettingException(
                    "window", "window is 2 to " + MOST_SEGMENTS + " segments, or 0 for all, got " + window);
        }
    }

    public HlsSettings withCoding(VideoCoding value) {
        return new HlsSettings(value, window, overwrite);
    }

    public HlsSettings withWindow(int value) {
        return new HlsSettings(coding, value, overwrite);
    }

    public HlsSettings withOverwrite(boolean value) {
        return new HlsSettings(coding, window, value);
    }
}
