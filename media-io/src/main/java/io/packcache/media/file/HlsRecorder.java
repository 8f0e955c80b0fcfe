package io.packcache.media.file;

import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Pictures to segments and a playlist. FFmpeg replaces the playlist with each segment even where the disk has no room for
 * the new one, so what it held before is remembered.
 */
final class HlsRecorder implements Recorder {

    private final Recorder recorder;
    private final HlsFiles files;

    private HlsRecorder(Recorder recorder, HlsFiles files) {
        this.recorder = recorder;
        this.files = files;
    }

    /** Video in segments, into these files. */
    record Segments(PlanesRecorder.Video video, HlsFiles files) implements Kind {

        @Override
        public Timeline timeline(TimeBase source, long first) {
            return video.timeline(source, first);
        }

        @Override
        public Recorder open(VideoFrame first, TimeBase ticks) throws FfmpegException {
            return new HlsRecorder(video.open(first, ticks), files);
        }

        @Override
        public void mend(Path file) throws IOException {
            files.mend();
        }
    }

    @Override
    public void begin(Path file) throws FfmpegException {
        recorder.begin(file);
    }

    @Override
    public void write(VideoFrame picture, long tick, long duration) throws FfmpegException {
        recorder.write(picture, tick, duration);
        files.remember();
    }

    @Override
    public void finish() throws FfmpegException {
        recorder.finish();
        files.remember();
    }

    @Override
    public void finishWithoutEncoder() throws FfmpegException {
        recorder.finishWithoutEncoder();
        files.remember();
    }

    @Override
    public void close() {
        recorder.close();
    }
}
