package io.packcache.media;

import io.packcache.media.file.Mp4Settings;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.file.Y4mSink;
import io.packcache.media.image.PngSequenceSink;
import io.packcache.media.live.LiveListener;
import io.packcache.media.live.LiveSettings;
import io.packcache.media.live.LiveSink;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * One way to say where pictures go:
 * <ul>
 *   <li>{@code film.mp4}: an MP4 file
 *   <li>{@code frames/%05d.png}: a PNG file for each picture
 *   <li>{@code rtmp://host/application/key}, {@code rtmps://...}, {@code srt://host:port}, {@code udp://host:port}: a
 *       live broadcast
 *   <li>{@code -}: uncompressed YUV4MPEG2 on standard output, for {@code | ffplay -}
 * </ul>
 */
public final class SinkAddress {

    private static final Set<String> LIVE = Set.of("rtmp://", "rtmps://", "srt://", "udp://");

    private SinkAddress() {}

    /**
     * Makes the sink that an address names; writes nothing yet.
     *
     * @param mp4 for MP4 files; whether to overwrite is taken from it for the others too
     * @param live for live broadcasts
     * @param listener told how live broadcasts fare
     * @param standardOutput what {@code -} means
     * @throws SinkException if the address names no kind of sink, or its place cannot be written
     */
    public static FrameSink open(
            String address, Mp4Settings mp4, LiveSettings live, LiveListener listener, OutputStream standardOutput)
            throws SinkException {
        String name = address.toLowerCase(Locale.ROOT);
        if (name.equals("-")) {
            return new Y4mSink(standardOutput, "standard output");
        }
        if (LIVE.stream().anyMatch(name::startsWith)) {
            return new LiveSink(address, live, listener);
        }
        if (name.endsWith(".mp4") || name.endsWith(".m4v")) {
            return new Mp4Sink(Path.of(address), mp4);
        }
        if (name.endsWith(".png")) {
            return new PngSequenceSink(address, mp4.overwrite());
        }
        boolean mayHoldAKey = address.contains(":/");
        throw new SinkException("cannot tell what to write to " + (mayHoldAKey ? "this address" : address)
                + "; an address is film.mp4, frames/%05d.png, rtmp://host/application/key, or - for standard output");
    }
}
