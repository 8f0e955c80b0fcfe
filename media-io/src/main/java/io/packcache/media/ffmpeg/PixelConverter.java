package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGBA;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;

/** Turns decoded frames of one size into bytes for each pixel. One thread at a time; owns native memory until closed. */
final class PixelConverter implements AutoCloseable {

    /** What bytes a pixel has. */
    enum Pixels {
        RGB(AV_PIX_FMT_RGB24, 3),
        RGBA(AV_PIX_FMT_RGBA, 4);

        private final int format;
        private final int bytes;

        Pixels(int format, int bytes) {
            this.format = format;
            this.bytes = bytes;
        }
    }

    private final int width;
    private final int height;
    private final Pixels pixels;
    private AVFrame converted;
    private SwsContext converter;

    PixelConverter(int width, int height, Pixels pixels) throws FfmpegException {
        this.width = width;
        this.height = height;
        this.pixels = pixels;
        boolean made = false;
        try {
            converted = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
            converted.format(pixels.format).width(width).height(height);
            Ffmpeg.check(av_frame_get_buffer(converted, 0), "make room for a frame");
            converter = Ffmpeg.checkMemory(sws_alloc_context(), "make a colour converter");
            converter.flags(SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT);
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /**
     * Converts a frame.
     *
     * @param to filled with rows from the top, no padding
     * @throws FfmpegException also if the frame has another size
     */
    void convert(AVFrame frame, byte[] to) throws FfmpegException {
        if (frame.width() != width || frame.height() != height) {
            throw new FfmpegException(
                    "decode a picture",
                    "its size changes from " + width + " x " + height + " to " + frame.width() + " x "
                            + frame.height());
        }
        Ffmpeg.check(sws_scale_frame(converter, converted, frame), "convert a picture to " + pixels);
        int row = pixels.bytes * width;
        BytePointer from = converted.data(0);
        for (int y = 0; y < height; y++) {
            from.position((long) y * converted.linesize(0)).get(to, y * row, row);
        }
    }

    @Override
    public void close() {
        if (converter != null) {
            sws_free_context(converter);
            converter = null;
        }
        if (converted != null) {
            av_frame_free(converted);
            converted = null;
        }
    }
}
