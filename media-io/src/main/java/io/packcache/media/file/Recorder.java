package io.packcache.media.file;

import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;

/** An open encoder for pictures like the first one, and then its file. One thread at a time; owns native memory. */
interface Recorder extends AutoCloseable {

    /** A kind of recording: how it counts time, and how it begins. */
    interface Kind {
        /** Places the pictures in ticks that this kind of file can hold. */
        Timeline timeline(TimeBase source, long first);

        /**
         * Opens an encoder for pictures of one size.
         *
         * @param first whose size all pictures have
         * @param ticks what their times will be counted in
         * @throws IllegalArgumentException if this kind of file cannot have that size
         */
        Recorder open(VideoFrame first, TimeBase ticks) throws FfmpegException;

        /** Cuts off what players would stumble over, after writing failed and the file was closed. */
        default void mend(Path file) throws IOException {}
    }

    /** Opens the file and writes its header. */
    void begin(Path file) throws FfmpegException;

    /** Writes a picture, which stays the caller's; times as {@link Timeline} gives them. */
    void write(VideoFrame picture, long tick, long duration) throws FfmpegException;

    /** Writes what the encoder still holds and what ends the file. */
    void finish() throws FfmpegException;

    /** Writes what ends the file, leaving alone an encoder that may have failed. */
    void finishWithoutEncoder() throws FfmpegException;

    @Override
    void close();
}
