package io.packcache.media.file;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * How an MP4 is made. {@link #DEFAULTS} suits a finite render; each {@code withX} is a copy with one thing changed.
 *
 * @param container how the file is laid out; default {@link Container#FASTSTART}
 * @param quality quantiser scale of H.264, 1 (best, largest) to 51; default 18, where differences are hard to see. It is
 *     libx264's constant rate factor, and libopenh264's constant quantiser, which is never finer than 18
 * @param width pixels in a row of the file, or 0 for those of the pictures (the default). Pictures of another size are
 *     scaled by nearest neighbour, so that pixel art stays crisp; an odd width gets its last column repeated
 * @param height rows of the file, 0 together with {@code width}
 * @param keyInterval most time from one key picture to the next, which is also what a crash may cost; default 2 s
 * @param overwrite whether a file of that name is replaced; default false: it is refused before anything is written
 * @param metadata what the file says about itself; keys of {@link #METADATA_KEYS}; default none
 */
public record Mp4Settings(
        Container container,
        int quality,
        int width,
        int height,
        Duration keyInterval,
        boolean overwrite,
        Map<String, String> metadata) {

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

    /** Defaults for a finite render. */
    public static final Mp4Settings DEFAULTS =
            new Mp4Settings(Container.FASTSTART, 18, 0, 0, Duration.ofSeconds(2), false, Map.of());

    private static final int MOST_PIXELS = 8192;

    public Mp4Settings {
        if (container == null) {
            throw new IllegalArgumentException("container is FASTSTART or FRAGMENTED, got null");
        }
        if (quality < 1 || quality > 51) {
            throw new IllegalArgumentException("quality is 1 (best) to 51, got " + quality);
        }
        if ((width == 0) != (height == 0) || width < 0 || height < 0 || width > MOST_PIXELS || height > MOST_PIXELS) {
            throw new IllegalArgumentException("size is at most " + MOST_PIXELS + " x " + MOST_PIXELS
                    + " pixels, or 0 x 0 for that of the pictures, got " + width + " x " + height);
        }
        if (keyInterval.compareTo(Duration.ofMillis(1)) < 0 || keyInterval.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("key interval is 1 ms to 1 h, got " + keyInterval);
        }
        metadata = Map.copyOf(metadata);
        for (String key : metadata.keySet()) {
            if (!METADATA_KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "MP4 keeps no metadata called " + key + "; it keeps " + new TreeSet<>(METADATA_KEYS));
            }
        }
    }

    public Mp4Settings withContainer(Container value) {
        return new Mp4Settings(value, quality, width, height, keyInterval, overwrite, metadata);
    }

    public Mp4Settings withQuality(int value) {
        return new Mp4Settings(container, value, width, height, keyInterval, overwrite, metadata);
    }

    public Mp4Settings withSize(int newWidth, int newHeight) {
        return new Mp4Settings(container, quality, newWidth, newHeight, keyInterval, overwrite, metadata);
    }

    public Mp4Settings withKeyInterval(Duration value) {
        return new Mp4Settings(container, quality, width, height, value, overwrite, metadata);
    }

    public Mp4Settings withOverwrite(boolean value) {
        return new Mp4Settings(container, quality, width, height, keyInterval, value, metadata);
    }

    public Mp4Settings withMetadata(Map<String, String> value) {
        return new Mp4Settings(container, quality, width, height, keyInterval, overwrite, value);
    }
}
