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
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
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

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.nio.file.Path;
import java.time.Duration;
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
 * A container and a decoder in a row: file or live stream in, RGB pictures out. One thread at a time, except
 * {@link #abort()}; owns native memory until closed.
 */
public final class VideoFile implements AutoCloseable {

    /** Containers that hold one file's video and can refer to no other file. */
    private static final Map<String, String> TRUSTED_FORMATS = Map.of(
            "format_whitelist",
            "mov,mp4,matroska,webm,avi,flv,mpegts,h264,ivf,yuv4mpegpipe",
            "protocol_whitelist",
            "file");

    /** What live streams come in and by; little is looked at before the first picture. */
    private static final Map<String, String> LIVE_FORMATS = Map.of(
            "format_whitelist",
            "flv,live_flv,mpegts",
            "protocol_whitelist",
            "rtmp,rtmps,tcp,tls,srt,udp",
            "analyzeduration",
            "1000000",
            "probesize",
            "1000000");

    private static final long MOST_PIXELS = 8192L * 8192;

    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    private final Deadline deadline;
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
        this("file:" + file.toAbsolutePath(), file.toString(), TRUSTED_FORMATS, FOR_EVER);
    }

    private VideoFile(String url, String shown, Map<String, String> options, Duration within) throws FfmpegException {
        Ffmpeg.load();
        deadline = new Deadline();
        deadline.in(within);
        boolean opened = false;
        try {
            openContainer(url, shown, options);
            openDecoder(shown);
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

    /**
     * Connects to a live stream: FLV over RTMP, or a transport stream over SRT or UDP.
     *
     * @param shown what messages call the url, which may hold a secret
     * @param within the most time that connecting and finding the video may take
     */
    public static VideoFile live(String url, String shown, Duration within) throws FfmpegException {
        return new VideoFile(url, shown, LIVE_FORMATS, within);
    }

    /** From now on {@link #next} may take this long until it fails. */
    public void allow(Duration time) {
        deadline.in(time);
    }

    /** Makes the call that is running, and every later one, end at once. From any thread, also after {@link #close}. */
    public void abort() {
        deadline.expire();
    }

    private void openContainer(String url, String shown, Map<String, String> formats) throws FfmpegException {
        AVDictionary options = Ffmpeg.dictionary(formats);
        try (BytePointer nativeUrl = Ffmpeg.utf8(url)) {
            AVFormatContext opening = Ffmpeg.checkMemory(avformat_alloc_context(), "make a container");
            opening.interrupt_callback().callback(deadline);
            // Frees what it was given where it fails.
            Ffmpeg.check(avformat_open_input(opening, nativeUrl, (AVInputFormat) null, options), "read " + shown);
            container = opening;
        } finally {
            av_dict_free(options);
        }
        Ffmpeg.check(avformat_find_stream_info(container, (AVDictionary) null), "read " + shown);
    }

    private void openDecoder(String shown) throws FfmpegException {
        int index = Ffmpeg.check(
                av_find_best_stream(container, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0),
                "find the video in " + shown);
        stream = container.streams(index);
        AVCodec codec =
                Ffmpeg.checkMemory(avcodec_find_decoder(stream.codecpar().codec_id()), "find a decoder for " + shown);
        decoder = Ffmpeg.checkMemory(avcodec_alloc_context3(codec), "make a decoder");
        Ffmpeg.check(avcodec_parameters_to_context(decoder, stream.codecpar()), "read " + shown);
        decoder.max_pixels(MOST_PIXELS).thread_count(1);
        Ffmpeg.check(avcodec_open2(decoder, codec, (AVDictionary) null), "decode " + shown);
    }

    /** Pixels in a row. */
    public int width() {
        return decoder.width();
    }

    /** Rows. */
    public int height() {
        return decoder.height();
    }

    /** The length of one tick of a picture of {@link #take}. */
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

    /** The picture just decoded, in memory of {@code pool}; the caller's to release. */
    public VideoFrame take(FramePool pool) throws FfmpegException {
        VideoFrame picture = pool.take(rgb.width(), rgb.height(), frame.best_effort_timestamp(), timeBase());
        boolean filled = false;
        try {
            copyRgb(picture.rgb());
            filled = true;
            return picture;
        } finally {
            if (!filled) {
                picture.release();
            }
        }
    }

    private void copyRgb(byte[] to) throws FfmpegException {
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
        deadline.expire();
        deadline.close();
    }
}
