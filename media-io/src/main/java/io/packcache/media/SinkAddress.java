package io.packcache.media;

import io.packcache.media.file.GifSink;
import io.packcache.media.file.HlsSink;
import io.packcache.media.file.Mp4Sink;
import io.packcache.media.file.MpegTsSink;
import io.packcache.media.file.WebmSink;
import io.packcache.media.file.WebpSink;
import io.packcache.media.file.Y4mSink;
import io.packcache.media.image.PngSequenceSink;
import io.packcache.media.image.SheetSink;
import io.packcache.media.live.LiveListener;
import io.packcache.media.live.LiveSink;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * One way to say where pictures go:
 * <ul>
 *   <li>{@code film.mp4}, {@code film.webm}, {@code film.ts}: a video file
 *   <li>{@code folder/film.m3u8}: a playlist for HTTP live streaming, its segments beside it
 *   <li>{@code film.gif}, {@code film.webp}: an animated image
 *   <li>{@code sheet.jpg}: a contact sheet
 *   <li>{@code frames/%05d.png}: a PNG file for each picture
 *   <li>{@code rtmp://host/application/key}, {@code rtmps://...}, {@code srt://host:port}, {@code udp://host:port}: a
 *       live broadcast
 *   <li>{@code -}: uncompressed YUV4MPEG2 on standard output, for {@code | ffplay -}
 * </ul>
 */
public final class SinkAddress {

    /** What an address may be, for messages and help. */
    public static final String FORMS = "film.mp4, film.webm, film.ts, film.m3u8, film.gif, film.webp, sheet.jpg,"
            + " frames/%05d.png, rtmp://host/application/key, srt://host:port, udp://host:port,"
            + " or - for standard output";

    private static final Set<String> LIVE = Set.of("rtmp", "rtmps", "srt", "udp");

    private SinkAddress() {}

    /**
     * Makes the sink that an address names; writes nothing yet.
     *
     * @param listener told how live broadcasts fare
     * @param standardOutput what {@code -} means
     * @throws SinkException if the address names no kind of sink, or its place cannot be written
     */
    public static FrameSink open(
            String address, SinkSettings settings, LiveListener listener, OutputStream standardOutput)
            throws SinkException {
        if (address.equals("-")) {
            return new Y4mSink(standardOutput, "standard output");
        }
        if (isLive(address)) {
            return new LiveSink(address, settings.live(), listener);
        }
        if (address.contains("://")) {
            // What follows may hold a key.
            throw unknown("this address");
        }
        try {
            return file(address, settings);
        } catch (InvalidPathException e) {
            throw new SinkException("cannot write to a file of that name: " + e.getMessage(), e);
        }
    }

    /** Whether an address names a live broadcast, which cannot wait. */
    public static boolean isLive(String address) {
        int scheme = address.indexOf("://");
        return scheme >= 0 && LIVE.contains(address.substring(0, scheme).toLowerCase(Locale.ROOT));
    }

    /** An address as people may see it: of one with a scheme only the host, since the rest may hold a key. */
    public static String shown(String address) {
        int host = address.indexOf("://") + 3;
        return host < 3
                ? address
                : address.substring(0, host) + address.substring(host).replaceFirst("[/?].*", "");
    }

    private static FrameSink file(String address, SinkSettings settings) throws SinkException {
        String name = address.toLowerCase(Locale.ROOT);
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "mp4", "m4v" -> new Mp4Sink(Path.of(address), settings.mp4());
            case "webm" -> new WebmSink(Path.of(address), settings.webm());
            case "ts" -> new MpegTsSink(Path.of(address), settings.ts());
            case "m3u8" -> new HlsSink(Path.of(address), settings.hls());
            case "gif" -> new GifSink(Path.of(address), settings.gif());
            case "webp" -> new WebpSink(Path.of(address), settings.webp());
            case "jpg", "jpeg" -> new SheetSink(Path.of(address), settings.sheet());
            case "png" -> new PngSequenceSink(address, settings.overwrite());
            default -> throw unknown(address);
        };
    }

    private static SinkException unknown(String address) {
        return new SinkException("cannot tell what to write to " + address + "; an address is " + FORMS);
    }
}
