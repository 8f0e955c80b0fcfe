package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import io.packcache.stream.frame.TimeBase;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;

/**
 * A container and a decoder in a row: file in, RGB pictures out. One thread at a time; owns native memory until closed.
 */
public final class VideoFile implements AutoCloseable {

    /** Containers that hold one file's video and can refer to no other file. */
    private static final Map<String, String> TRUSTED_FORMATS = Map.of(
            "format_whitelist",
            "mov,mp4,matroska,webm,avi,flv,mpegts,h264,ivf,yuv4mpegpipe",
            "protocol_whitelist",
            "file");

    private static final long MOST_PIXELS = 8192L * 8192;

    private AVFormatContext container;
    private AVStream stream;
    private AVCodecContext decoder;
    private AVPacket packet;
    private AVFrame frame;
    private AVFrame rgb;
    private SwsContext toRgb;
    private boolean ended;

    /**
     * Opens a file and finds its video.
     *
     * @throws FfmpegException if it is no video, or too large
     */
    public VideoFile(Path file) throws FfmpegException {
        Ffmpeg.load();
        boolean opened = false;
        try {
            openContainer(file);
            openDecoder(file);
            packet = Ffmpeg.checkMemory(av_packet_alloc(), "make a packet");
            frame = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
            rgb = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
            rgb.format(AV_PIX_FMT_RGB24).width(width()).height(height());
            Ffmpeg.check(av_frame_get_buffer(rgb, 0), "make room for a frame");
            toRgb = Ffmpeg.checkMemory(sws_alloc_context(), "make a colour converter");
            toRgb.flags(SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT);
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private void openContainer(Path file) throws FfmpegException {
        AVDictionary options = Ffmpeg.dictionary(TRUSTED_FORMATS);
        try (BytePointer url = Ffmpeg.utf8("file:" + file.toAbsolutePath())) {
            AVFormatContext opening = new AVFormatContext(null);
            Ffmpeg.check(avformat_open_input(opening, url, (AVInputFormat) null, options), "read " + file);
            container = opening;
        } finally {
            av_dict_free(options);
        }
        Ffmpeg.check(avformat_find_stream_info(container, (AVDictionary) null), "read " + file);
    }

    private void openDecoder(Path file) throws FfmpegException {
        int index = Ffmpeg.check(
                av_find_best_stream(container, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0),
                "find the video in " + file);
        stream = container.streams(index);
        AVCodec codec =
                Ffmpeg.checkMemory(avcodec_find_decoder(stream.codecpar().codec_id()), "find a decoder for " + file);
        decoder = Ffmpeg.checkMemory(avcodec_alloc_context3(codec), "make a decoder");
        Ffmpeg.check(avcodec_parameters_to_context(decoder, stream.codecpar()), "read " + file);
        decoder.max_pixels(MOST_PIXELS).thread_count(1);
        Ffmpeg.check(avcodec_open2(decoder, codec, (AVDictionary) null), "decode " + file);
    }

    /** Pixels in a row. */
    public int width() {
        return decoder.width();
    }

    /** Rows. */
    public int height() {
        return decoder.height();
    }

    /** The length of one tick of {@link #pts}. */
    public TimeBase timeBase() {
        return new TimeBase(stream.time_base().num(), stream.time_base().den());
    }

    /**
     * Decodes the next picture.
     *
     * @return false at the end
     */
    public boolean next() throws FfmpegException {
        while (true) {
            int code = avcodec_receive_frame(decoder, frame);
            if (code == AVERROR_EOF()) {
                return false;
            }
            if (code != AVERROR_EAGAIN()) {
                Ffmpeg.check(code, "decode a picture");
                return true;
            }
            feed();
        }
    }

    private void feed() throws FfmpegException {
        int code = ended ? AVERROR_EOF() : av_read_frame(container, packet);
        if (code == AVERROR_EOF()) {
            ended = true;
            Ffmpeg.check(avcodec_send_packet(decoder, null), "end the decoder");
            return;
        }
        Ffmpeg.check(code, "read a picture");
        try {
            if (packet.stream_index() == stream.index()) {
                Ffmpeg.check(avcodec_send_packet(decoder, packet), "decode a picture");
            }
        } finally {
            av_packet_unref(packet);
        }
    }

    /** When the picture just decoded is to be shown, in ticks. */
    public long pts() {
        return frame.best_effort_timestamp();
    }

    /**
     * Copies the picture just decoded.
     *
     * @param to at least {@code 3 * width * height} bytes; receives R G B for each pixel, rows from the top
     */
    public void copyRgb(byte[] to) throws FfmpegException {
        if (frame.width() != rgb.width() || frame.height() != rgb.height()) {
            throw new FfmpegException(
                    "decode a picture",
                    "its size changes from " + rgb.width() + " x " + rgb.height() + " to " + frame.width() + " x "
                            + frame.height());
        }
        Ffmpeg.check(sws_scale_frame(toRgb, rgb, frame), "convert a picture to RGB");
        av_frame_unref(frame);
        BytePointer from = rgb.data(0);
        for (int row = 0; row < rgb.height(); row++) {
            from.position((long) row * rgb.linesize(0)).get(to, 3 * row * rgb.width(), 3 * rgb.width());
        }
    }

    @Override
    public void close() {
        if (toRgb != null) {
            sws_free_context(toRgb);
            toRgb = null;
        }
        if (rgb != null) {
            av_frame_free(rgb);
            rgb = null;
        }
        if (frame != null) {
            av_frame_free(frame);
            frame = null;
        }
        if (packet != null) {
            av_packet_free(packet);
            packet = null;
        }
        if (decoder != null) {
            avcodec_free_context(decoder);
            decoder = null;
        }
        if (container != null) {
            avformat_close_input(container);
            container = null;
        }
    }
}
