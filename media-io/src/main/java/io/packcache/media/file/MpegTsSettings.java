package io.packcache.media.file;

import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.spec.SettingException;

/**
 * How an MPEG transport stream is made. Each {@code withX} is a copy with one thing changed.
 *
 * @param coding how pictures are coded: H.264 (the default) or HEVC
 * @param overwrite whether a file of that name is replaced; default false
 */
public record MpegTsSettings(VideoCoding coding, boolean overwrite) {

    /** H.264 of high quality. */
    public static final MpegTsSettings DEFAULTS = new MpegTsSettings(VideoCoding.DEFAULTS, false);

    public MpegTsSettings {
        if (coding.codec() != VideoCodec.H264 && coding.codec() != VideoCodec.HEVC) {
            throw new SettingException("coding", "a transport stream holds H264 or HEVC, got " + coding.codec());
        }
    }

    public MpegTsSettings withCoding(VideoCoding value) {
        return new MpegTsSettings(value, overwrite);
    }

    public MpegTsSettings withOverwrite(boolean value) {
        return new MpegTsSettings(coding, value);
    }
}
