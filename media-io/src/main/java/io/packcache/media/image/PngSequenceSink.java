package io.packcache.media.image;

import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Each picture to a PNG file of its own, numbered from 0, without loss. Each file takes its name only when it is whole.
 * Times are not kept. One thread at a time.
 */
public final class PngSequenceSink implements FrameSink {

    /** One number, optionally of a fixed width: {@code %d} or {@code %05d}. */
    private static final Pattern NUMBER = Pattern.compile("%(0[1-9])?d");

    private final String before;
    private final String format;
    private final String after;
    private final boolean overwrite;
    private int pictures;
    private boolean refusing;
    private boolean closed;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @param pattern a file name with exactly one {@code %d} or {@code %05d} in it, such as {@code frames/%05d.png}
     * @param overwrite whether files of these names are replaced; if not, the first one found stops the sink
     * @throws SinkException if the pattern has no number, its folder is absent, or the first file exists
     */
    public PngSequenceSink(String pattern, boolean overwrite) throws SinkException {
        Matcher number = NUMBER.matcher(pattern);
        if (!number.find() || pattern.indexOf('%') != pattern.lastIndexOf('%')) {
            throw new SinkException(
                    "a sequence of pictures needs exactly one number in its name, like %05d, got " + pattern);
        }
        before = pattern.substring(0, number.start());
        format = number.group();
        after = pattern.substring(number.end());
        this.overwrite = overwrite;
        Path folder = file(0).toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new SinkException("cannot write " + pattern + ": there is no folder " + folder);
        }
        if (!overwrite && Files.exists(file(0))) {
            throw new SinkException(file(0) + " exists already; choose another name or allow overwriting");
        }
    }

    /** Pictures written so far. */
    public int pictures() {
        return pictures;
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        try (picture) {
            if (closed || refusing) {
                throw new SinkException(
                        file(pictures) + " was not written: the sink " + (closed ? "is closed" : "failed before"));
            }
            refusing = true;
            PngWriter.write(picture, file(pictures), overwrite);
            refusing = false;
            pictures++;
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private Path file(int number) {
        return Path.of(before + String.format(Locale.ROOT, format, number) + after);
    }
}
