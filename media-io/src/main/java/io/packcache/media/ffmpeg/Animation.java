package io.packcache.media.ffmpeg;

import io.packcache.stream.frame.TimeBase;
import java.util.Map;

/**
 * A kind of moving image.
 *
 * @param encoder FFmpeg's name of the encoder
 * @param filter turns RGB into what the encoder takes, in FFmpeg's filter language
 * @param timeBase what the format counts time in
 * @param shortest fewest ticks that viewers show a picture for
 * @param options of the encoder
 * @param format of the file
 */
public record Animation(
        String encoder,
        String filter,
        TimeBase timeBase,
        int shortest,
        Map<String, String> options,
        FileFormat format) {

    private static final TimeBase HUNDREDTHS = new TimeBase(1, 100);
    private static final TimeBase MILLISECONDS = new TimeBase(1, 1000);

    /**
     * GIF: each picture has its own palette of 256 colours, so up to so many are kept exactly.
     *
     * @param dithered whether pictures of more colours are dithered, for smooth shades, or take the nearest colour
     * @param repeats whether it plays for ever
     */
    public static Animation gif(boolean dithered, boolean repeats) {
        String filter = "split[a][b];[a]palettegen=stats_mode=single:reserve_transparent=0[p];"
                + "[b][p]paletteuse=new=1:dither=" + (dithered ? "sierra2_4a" : "none");
        FileFormat format = new FileFormat("gif", Map.of("loop", repeats ? "0" : "-1"), Map.of());
        return new Animation("gif", filter, HUNDREDTHS, 2, Map.of(), format);
    }

    /**
     * Animated WebP.
     *
     * @param quality 1 to 100, ignored where lossless
     * @param repeats whether it plays for ever
     */
    public static Animation webp(boolean lossless, int quality, boolean repeats) {
        Map<String, String> options = Map.of("lossless", lossless ? "1" : "0", "quality", Integer.toString(quality));
        FileFormat format = new FileFormat("webp", Map.of("loop", repeats ? "0" : "1"), Map.of());
        return new Animation("libwebp_anim", "format=bgra", MILLISECONDS, 1, options, format);
    }
}
