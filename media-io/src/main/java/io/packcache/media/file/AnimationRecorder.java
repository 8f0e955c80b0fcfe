package io.packcache.media.file;

import io.packcache.media.colour.PictureScaler;
import io.packcache.media.colour.Scaling;
import io.packcache.media.ffmpeg.Animation;
import io.packcache.media.ffmpeg.AnimationWriter;
import io.packcache.media.ffmpeg.FfmpegException;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.nio.file.Path;

/** Pictures as pixels to an animated image. */
final class AnimationRecorder implements Recorder {

    private final PictureScaler pixels;
    private final AnimationWriter writer;

    private AnimationRecorder(PictureScaler pixels, AnimationWriter writer) {
        this.pixels = pixels;
        this.writer = writer;
    }

    /** An animated image; a size of 0 x 0 is that of the pictures. */
    record Moving(Animation animation, int width, int height, Scaling scaling) implements Kind {

        @Override
        public Timeline timeline(TimeBase source, long first) {
            return new Timeline(source, first, animation.timeBase(), animation.shortest());
        }

        @Override
        public Recorder open(VideoFrame first, TimeBase ticks) throws FfmpegException {
            int shownWidth = width == 0 ? first.width() : width;
            int shownHeight = height == 0 ? first.height() : height;
            PictureScaler pixels = new PictureScaler(first.width(), first.height(), shownWidth, shownHeight, scaling);
            return new AnimationRecorder(pixels, new AnimationWriter(animation, shownWidth, shownHeight));
        }
    }

    @Override
    public void begin(Path file) throws FfmpegException {
        writer.begin(file);
    }

    @Override
    public void write(VideoFrame picture, long tick, long duration) throws FfmpegException {
        writer.write(pixels.of(picture), tick, duration);
    }

    @Override
    public void finish() throws FfmpegException {
        writer.finish();
    }

    @Override
    public void finishWithoutEncoder() throws FfmpegException {
        writer.finishWithoutEncoder();
    }

    @Override
    public void close() {
        writer.close();
    }
}
