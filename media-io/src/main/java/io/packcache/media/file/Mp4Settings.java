package io.packcache.media.file;

import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.spec.SettingException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How an MP4 is made. Each {@code withX} is a copy with one thing changed.
 *
 * <p>Which container: a sink cannot know whether its pictures will ever end, so {@link #DEFAULTS} is crash-safe; whoever
 * knows that they do, as a render of fixed length, takes {@link #FINITE}.
 *
 * @param container how the file is laid out; default {@link Container#FRAGMENTED}
 * @param coding how pictures are coded: H.264 (the default), HEVC, AV1 or VP9
 * @param overwrite whether a file of that name is replaced; default false: it is refused before anything is written
 * @param metadata what the file says about itself; keys of {@link #METADATA_KEYS}; default none
 */
public record Mp4Settings(Container container, VideoCoding coding, boolean overwrite, Map<String, String> metadata) {

    /** How the file is laid out. */
    public enum Container {
        /** Index first, for files of known end: players and browsers start at once. Appears under its name when whole. */
        FASTSTART,
        /** Fragments, each playable once written, for files of open end: a crash costs at most the last fragment. */
        FRAGMENTED
    }

    /** The metadata that MP4 players show. */
    public static final Set<String> METADATA_KEYS =
            Set.of("title", "artist", "comment", "description", "date", "copyright", "keywords");

    /** For pictures of which nobody knows whether they end. */
    public static final Mp4Settings DEFAULTS =
            new Mp4Settings(Container.FRAGMENTED, VideoCoding.DEFAULTS, false, Map.of());

    /** For a render of known length. */
    public static final Mp4Settings FINITE = DEFAULTS.withContainer(Container.FASTSTART);

    public Mp4Settings {
        if (container == null) {
            throw new SettingException("container", "container is FASTSTART or FRAGMENTED, got null");
        }
        metadata = Map.copyOf(metadata);
        for (String key : metadata.keySet()) {
            if (!METADATA_KEYS.contains(key)) {
                throw new SettingException(
                        "metadata",
                        "MP4 keeps no metadata called " + key + "; it keeps " + new TreeSet<>(METADATA_KEYS));
            }
        }
    }

    public Mp4Settings withContainer(Container value) {
        return new Mp4Settings(value, coding, overwrite, metadata);
    }

    public Mp4Settings withCoding(VideoCoding value) {
        return new Mp4Settings(container, value, overwrite, metadata);
    }

    public Mp4Settings withCodec(VideoCodec value) {
        return withCoding(coding.withCodec(value));
    }

    public Mp4Settings withQuality(int value) {
        return withCoding(coding.withQuality(value));
    }

    public Mp4Settings withBitrate(long value) {
        return withCoding(coding.withBitrate(value));
    }

    public Mp4Settings withSize(int newWidth, int newHeight) {
        return withCoding(coding.withSize(newWidth, newHeight));
    }

    public Mp4Settings withKeyInterval(Duration value) {
        return withCoding(coding.withKeyInterval(value));
    }

    public Mp4Settings withOverwrite(boolean value) {
        return new Mp4Settings(container, coding, value, metadata);
    }

    public Mp4Settings withMetadata(Map<String, String> value) {
        return new Mp4Settings(container, coding, overwrite, value);
    }
}
