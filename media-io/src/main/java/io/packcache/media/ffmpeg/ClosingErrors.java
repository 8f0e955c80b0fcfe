package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.avio_close;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;

/**
 * What goes wrong as a container closes files that it opened by itself, like the segments of a playlist: a full disk shows
 * there, and FFmpeg only logs it. Thread-safe.
 *
 * <p>One native function serves all, because JavaCPP has only ten of a kind.
 */
final class ClosingErrors extends AVFormatContext.Io_close2_AVFormatContext_AVIOContext {

    private static final Map<Long, Integer> FIRST = new ConcurrentHashMap<>();

    private ClosingErrors() {}

    /** Made when FFmpeg's libraries are there. */
    private static final class Holder {
        private static final ClosingErrors ONE = new ClosingErrors();
    }

    /** From now on the container's errors are kept, until {@link #forget}. */
    static void keep(AVFormatContext container) {
        container.io_close2(Holder.ONE);
    }

    /** The first error of a container; 0 if there was none. */
    static int first(AVFormatContext container) {
        return FIRST.getOrDefault(container.address(), 0);
    }

    static void forget(AVFormatContext container) {
        FIRST.remove(container.address());
    }

    @Override
    public int call(AVFormatContext container, AVIOContext file) {
        int code = avio_close(file);
        if (code < 0) {
            FIRST.putIfAbsent(container.address(), code);
        }
        return code;
    }
}
