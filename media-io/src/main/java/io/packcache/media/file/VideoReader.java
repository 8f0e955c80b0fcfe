package io.packcache.media.file;

import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.media.ffmpeg.VideoFile;
import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a video file picture by picture, in the order and at the times it shows them.
 *
 * <p>Files are not trusted: only containers that can refer to no other file are opened, and anything but a video is
 * refused with an {@link IOException} of one sentence. One thread at a time; owns native memory until closed.
 */
public final class VideoReader implements PictureReader {

    private final Path file;
    private final FramePool pool;
    private final VideoFile video;
    private final TimeBase timeBase;
    private long pictures;
    private boolean closed;

    /**
     * Opens a file.
     *
     * @param pool where pictures take their memory from
     * @throws IOException if the file is absent or holds no video
     */
    public VideoReader(Path file, FramePool pool) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no video " + file);
        }
        this.file = file;
        this.pool = pool;
        try {
            video = new VideoFile(file);
        } catch (FfmpegException e) {
            throw new IOException(file + " cannot be read as a video: " + e.getMessage(), e);
        }
        timeBase = video.timeBase();
    }

    /** Pixels in a row. */
    public int width() {
        return video.width();
    }

    /** Rows. */
    public int height() {
        return video.height();
    }

    /** The time base of all pictures. */
    public TimeBase timeBase() {
        return timeBase;
    }

    @Override
    public VideoFrame read() throws IOException {
        if (closed) {
            throw new IOException("the reader of " + file + " is closed");
        }
        try {
            if (!video.next()) {
                return null;
            }
            VideoFrame picture = video.take(pool);
            pictures++;
            return picture;
        } catch (FfmpegException e) {
            throw new IOException(file + " is damaged at picture " + pictures + ": " + e.getMessage(), e);
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
        }
    }
}
