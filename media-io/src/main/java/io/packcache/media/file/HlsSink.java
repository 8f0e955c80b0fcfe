package io.packcache.media.file;

import io.packcache.media.ffmpeg.FileFormat;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Pictures to HTTP live streaming: a playlist that any web server can serve, and segments of fragmented MP4 beside it.
 * Thread, time, errors and what happens to late pictures as with {@link Mp4Sink}.
 *
 * <p>Playlist and segments appear only when they are whole. A crash loses at most the last segment; the playlist then
 * lacks its end mark, and players wait for more.
 */
public final class HlsSink implements FrameSink {

    private final FileRecording recording;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public HlsSink(Path file, HlsSettings settings) throws SinkException {
        HlsFiles files = new HlsFiles(file, settings.overwrite());
        FileFormat format = new FileFormat("hls", options(files, settings), Map.of());
        PlanesRecorder.Video video = new PlanesRecorder.Video(settings.coding(), format, Mp4Sink.FINEST, true);
        recording = new FileRecording(files, new HlsRecorder.Segments(video, files));
    }

    private static Map<String, String> options(HlsFiles files, HlsSettings settings) {
        Map<String, String> options = new HashMap<>();
        options.put("hls_segment_type", "fmp4");
        options.put("hls_fmp4_init_filename", files.header());
        options.put("hls_segment_filename", files.segments());
        double seconds = settings.coding().keyInterval().toNanos() / 1e9;
        options.put("hls_time", String.format(Locale.ROOT, "%.3f", seconds));
        options.put("hls_list_size", Integer.toString(settings.window()));
        boolean rolling = settings.window() > 0;
        options.put("hls_flags", "independent_segments+temp_file" + (rolling ? "+delete_segments" : ""));
        return options;
    }

    /** Pictures written so far. */
    public long pictures() {
        return recording.pictures();
    }

    /** Pictures that were not later than the one before them, and were moved after it. */
    public long shifted() {
        return recording.shifted();
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        recording.write(picture);
    }

    @Override
    public void close() throws SinkException {
        recording.close();
    }
}
