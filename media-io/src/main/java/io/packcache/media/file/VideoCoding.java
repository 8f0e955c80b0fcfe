package io.packcache.media.file;

import io.packcache.media.colour.Scaling;
import io.packcache.media.ffmpeg.VideoCodec;
import io.packcache.stream.spec.SettingException;
import java.time.Duration;

/**
 * How the pictures of a file are coded: BT.709 limited range, each picture on its own or after earlier ones, never after
 * later ones. Each {@code withX} is a copy with one thing changed.
 *
 * @param codec which codec; one that the file can hold and the natives have
 * @param quality quantiser scale of H.264, 1 (best, largest) to 51; default 18, where differences are hard to see. It is
 *     the constant rate factor of libx264 and libx265, the constant quantiser of libopenh264 (never finer than 18), and
 *     is stretched to the scale of 63 that AV1 and VP9 have
 * @param bitrate bits a second, held on average over two seconds, 10,000 to 1,000,000,000; or 0 (the default) to hold the
 *     quality instead
 * @param width pixels in a row of the file, or 0 for those of the pictures (the default); at most 8192. An odd width gets
 *     its last column repeated
 * @param height rows of the file, 0 together with {@code width}
 * @param scaling how pictures of another size are scaled; default {@link Scaling#NEAREST}, so that pixel art stays crisp
 * @param keyInterval most time from one key picture to the next, 1 ms to 1 h; default 2 s. It is what a crash may cost
 */
public record VideoCoding(
        VideoCodec codec, int quality, long bitrate, int width, int height, Scaling scaling, Duration keyInterval) {

    /** H.264 of high quality in the size of the pictures. */
    public static final VideoCoding DEFAULTS =
            new VideoCoding(VideoCodec.H264, 18, 0, 0, 0, Scaling.NEAREST, Duration.ofSeconds(2));

    private static final long LEAST_BITRATE = 10_000;
    private static final long MOST_BITRATE = 1_000_000_000;

    public VideoCoding {
        if (quality < 1 || quality > 51) {
            throw new SettingException("quality", "quality is 1 (best) to 51, got " + quality);
        }
        if (bitrate != 0 && (bitrate < LEAST_BITRATE || bitrate > MOST_BITRATE)) {
            throw new SettingException(
                    "bitrate",
                    "bitrate is " + LEAST_BITRATE + " to " + MOST_BITRATE + " bits a second, or 0 for none, got "
                            + bitrate);
        }
        PictureSizes.check(width, height);
        if (keyInterval.compareTo(Duration.ofMillis(1)) < 0 || keyInterval.compareTo(Duration.ofHours(1)) > 0) {
            throw new SettingException("keyInterval", "key interval is 1 ms to 1 h, got " + keyInterval);
        }
    }

    public VideoCoding withCodec(VideoCodec value) {
        return new VideoCoding(value, quality, bitrate, width, height, scaling, keyInterval);
    }

    public VideoCoding withQuality(int value) {
        return new VideoCoding(codec, value, 0, width, height, scaling, keyInterval);
    }

    public VideoCoding withBitrate(long value) {
        return new VideoCoding(codec, quality, value, width, height, scaling, keyInterval);
    }

    public VideoCoding withSize(int newWidth, int newHeight) {
        return new VideoCoding(codec, quality, bitrate, newWidth, newHeight, scaling, keyInterval);
    }

    public VideoCoding withScaling(Scaling value) {
        return new VideoCoding(codec, quality, bitrate, width, height, value, keyInterval);
    }

    public VideoCoding withKeyInterval(Duration value) {
        return new VideoCoding(codec, quality, bitrate, width, height, scaling, value);
    }
}
