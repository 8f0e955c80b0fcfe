package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_FRAME_DURATION;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_is_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;

/**
 * Pixels in, an animated image out. The encoder is open before a file is touched. One thread at a time; owns native
 * memory until closed.
 */
public final class AnimationWriter implements AutoCloseable {

    private final Animation animation;
    private final int width;
    private final int height;
    private final VideoEncoder.Packets toMuxer = packet -> muxer().write(packet, 0);
    private PixelFilter filter;
    private AVCodecContext encoder;
    private AVFrame rgb;
    private AVFrame filtered;
    private PacketLoop packets;
    private Muxer muxer;

    /** Opens filter and encoder for pictures of one size. */
    public AnimationWriter(Animation animation, int width, int height) throws FfmpegException {
        Ffmpeg.load();
        this.animation = animation;
        this.width = width;
        this.height = height;
        boolean opened = false;
        try {
            filter = new PixelFilter(width, height, animation.filter());
            encoder = openEncoder();
            rgb = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
            rgb.format(AV_PIX_FMT_RGB24).width(width).height(height);
            Ffmpeg.check(av_frame_get_buffer(rgb, 0), "make room for a frame");
            filtered = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
            packets = new PacketLoop();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private AVCodecContext openEncoder() throws FfmpegException {
        AVCodec codec = Ffmpeg.checkMemory(
                avcodec_find_encoder_by_name(animation.encoder()), "find the encoder " + animation.encoder());
        AVCodecContext made = Ffmpeg.checkMemory(avcodec_alloc_context3(codec), "make an encoder");
        made.width(width).height(height).pix_fmt(filter.format()).thread_count(1);
        made.flags(made.flags() | AV_CODEC_FLAG_FRAME_DURATION);
        try (AVRational tick = Ffmpeg.rational(
                animation.timeBase().numerator(), animation.timeBase().denominator())) {
            made.time_base(tick);
        }
        AVDictionary options = Ffmpeg.dictionary(animation.options());
        int code = avcodec_open2(made, codec, options);
        av_dict_free(options);
        if (code < 0) {
            avcodec_free_context(made);
        }
        Ffmpeg.check(code, "open " + animation.encoder() + " for pictures of " + width + " x " + height);
        return made;
    }

    /** Opens the file, replacing what it held, and writes its header. */
    public void begin(Path file) throws FfmpegException {
        FileFormat format = animation.format();
        try (Track track = new Track(encoder)) {
            muxer = new Muxer(
                    Target.file(file, format.name(), format.options()), format.metadata(), List.of(track), null);
        }
    }

    /**
     * Writes one picture.
     *
     * @param pixels rows from the top, R G B for each pixel
     * @param ticks its time in the animation's own time base, later than the one before
     * @param duration ticks it lasts, as far as known; only the last picture's counts
     */
    public void write(byte[] pixels, long ticks, long duration) throws FfmpegException {
        if (av_frame_is_writable(rgb) == 0) {
            Ffmpeg.check(av_frame_make_writable(rgb), "make room for a frame");
        }
        BytePointer to = rgb.data(0);
        for (int row = 0; row < height; row++) {
            to.position((long) row * rgb.linesize(0)).put(pixels, 3 * row * width, 3 * width);
        }
        filter.apply(rgb, filtered);
        try {
            filtered.pts(ticks).duration(duration);
            Ffmpeg.check(packets.submit(encoder, filtered, toMuxer), "encode a picture");
        } finally {
            av_frame_unref(filtered);
        }
    }

    /** Writes what the encoder still holds and the end of the file. */
    public void finish() throws FfmpegException {
        Ffmpeg.check(packets.submit(encoder, null, toMuxer), "end the encoder");
        muxer.finish();
    }

    /** Writes the end of the file, leaving alone an encoder that may have failed. */
    public void finishWithoutEncoder() throws FfmpegException {
        muxer.finish();
    }

    private Muxer muxer() {
        return muxer;
    }

    @Override
    public void close() {
        if (muxer != null) {
            muxer.close();
            muxer = null;
        }
        if (packets != null) {
            packets.close();
            packets = null;
        }
        if (filtered != null) {
            av_frame_free(filtered);
            filtered = null;
        }
        if (rgb != null) {
            av_frame_free(rgb);
            rgb = null;
        }
        if (encoder != null) {
            avcodec_free_context(encoder);
            encoder = null;
        }
        if (filter != null) {
            filter.close();
            filter = null;
        }
    }
}
