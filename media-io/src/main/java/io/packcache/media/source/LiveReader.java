package io.packcache.media.source;

import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.LiveConnection;
import io.packcache.media.ffmpeg.VideoFile;
import io.packcache.media.file.PictureReader;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * Reads a live stream picture by picture: {@code rtmp://}, {@code rtmps://}, {@code srt://} or {@code udp://}. What follows
 * the host appears in no message or log. Every call is bounded in time. One thread at a time, except {@link #abort()};
 * owns native memory until closed.
 */
public final class LiveReader implements PictureReader {

    private static final Set<String> SCHEMES = Set.of("rtmp", "rtmps", "srt", "udp");

    private final String shown;
    private final String secret;
    private final Duration patience;
    private final FramePool pool;
    private final VideoFile video;
    private boolean closed;

    /**
     * Connects.
     *
     * @param patience most time for connecting, and then for each picture to come
     * @param pool where pictures take their memory from
     * @throws IOException if nobody answers there, or it is no video
     */
    public LiveReader(String url, Duration patience, FramePool pool) throws IOException {
        this.patience = patience;
        this.pool = pool;
        shown = shown(url);
        secret = url.substring(shown.length());
        if (secret.length() > 2) {
            LiveConnection.hide(secret);
        }
        boolean opened = false;
        try {
            video = VideoFile.live(url, shown, patience);
            opened = true;
        } catch (FfmpegException e) {
            throw new IOException("no live video came from " + shown + ": " + e.getMessage(), e);
        } finally {
            if (!opened) {
                reveal();
            }
        }
    }

    /** Scheme and host. */
    private static String shown(String url) throws IOException {
        int host = url.indexOf("://") + 3;
        if (host < 3 || !SCHEMES.contains(url.substring(0, host - 3))) {
            throw new IOException("a live stream is read from rtmp://, rtmps://, srt:// or udp://, and this is none");
        }
        int end = host;
        while (end < url.length() && "/?".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return url.substring(0, end);
    }

    /* A text of one or two characters is no secret, and hiding it would make every log unreadable. */
    private void reveal() {
        if (secret.length() > 2) {
            LiveConnection.unhide(secret);
        }
    }

    @Override
    public VideoFrame read() throws IOException {
        try {
            video.allow(patience);
            return video.next() ? video.take(pool) : null;
        } catch (FfmpegException e) {
            throw new IOException("the live video from " + shown + " ended: " + e.getMessage(), e);
        }
    }

    @Override
    public void abort() {
        video.abort();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            video.close();
            reveal();
        }
    }
}
