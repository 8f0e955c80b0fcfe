package io.packcache.media.ffmpeg;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Where a container goes and what kind it is.
 *
 * @param url as FFmpeg takes it; may hold a secret
 * @param shown what messages call it
 * @param format FFmpeg's short name of the container, such as {@code mp4}
 * @param options of the container; an unknown one is refused
 * @param protocol options of the protocol that the url begins with
 * @param linger how long the connection is kept after the last picture, for receivers that drop what they have not shown
 *     yet when it ends
 */
public record Target(
        String url,
        String shown,
        String format,
        Map<String, String> options,
        Map<String, String> protocol,
        Duration linger) {

    /** A file. */
    static Target file(Path file, String format, Map<String, String> options) {
        return new Target("file:" + file.toAbsolutePath(), file.toString(), format, options, Map.of(), Duration.ZERO);
    }

    /** Without the url. */
    @Override
    public String toString() {
        return shown + " as " + format;
    }
}
