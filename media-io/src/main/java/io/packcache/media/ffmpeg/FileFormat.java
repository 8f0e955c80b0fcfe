package io.packcache.media.ffmpeg;

import java.util.Map;

/**
 * A kind of file.
 *
 * @param name FFmpeg's short name of the container, such as {@code mp4}
 * @param options of the container; an unknown one is refused
 * @param metadata title and the like
 */
public record FileFormat(String name, Map<String, String> options, Map<String, String> metadata) {

    public FileFormat {
        options = Map.copyOf(options);
        metadata = Map.copyOf(metadata);
    }
}
