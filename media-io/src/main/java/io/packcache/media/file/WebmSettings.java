package io.packcache.media.file;

import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.spec.SettingException;
import java.util.Map;

/**
 * How a WebM is made. Each {@code withX} is a copy with one thing changed.
 *
 * @param coding how pictures are coded: VP9 (the default, at quality 24) or AV1
 * @param overwrite whether a file of that name is replaced; default false
 * @param metadata what the file says about itself, any keys; default none
 */
public record WebmSettings(VideoCoding coding, boolean overwrite, Map<String, String> metadata) {

    /** VP9 that is hard to tell from the pictures. */
    public static final WebmSettings DEFAULTS =
            new WebmSettings(VideoCoding.DEFAULTS.withCodec(VideoCodec.VP9).withQuality(24), false, Map.of());

    public WebmSettings {
        if (coding.codec() != VideoCodec.VP9 && coding.codec() != VideoCodec.AV1) {
            throw new SettingException("coding", "WebM holds VP9 or AV1, got " + coding.codec());
        }
        metadata = Map.copyOf(metadata);
    }

    public WebmSettings withCoding(VideoCoding value) {
        return new WebmSettings(value, overwrite, metadata);
    }

    public WebmSettings withOverwrite(boolean value) {
        return new WebmSettings(coding, value, metadata);
    }

    public WebmSettings withMetadata(Map<String, String> value) {
        return new WebmSettings(coding, overwrite, value);
    }
}
