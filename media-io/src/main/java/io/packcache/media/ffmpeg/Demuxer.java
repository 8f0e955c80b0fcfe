package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;

import java.time.Duration;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;

/**
 * One container being read for its video: a file or a live stream. One thread at a time, except {@link #abort()}; owns
 * native memory until closed.
 */
final class Demuxer implements AutoCloseable {

    /** Containers that hold one file's video and can refer to no other file. */
    static final Map<String, String> TRUSTED_FORMATS = Map.of(
            "format_whitelist",
            "mov,mp4,matroska,webm,avi,flv,mpegts,h264,ivf,yuv4mpegpipe",
            "protocol_whitelist",
            "file");

    /** What live streams come in and by; little is looked at before the first picture. */
    static final Map<String, String> LIVE_FORMATS = Map.of(
            "format_whitelist",
            "flv,live_flv,mpegts",
            "protocol_whitelist",
            "rtmp,rtmps,tcp,tls,srt,udp",
            "analyzeduration",
            "1000000",
            "probesize",
            "1000000");

    private final Deadline deadline = new Deadline();
    private AVFormatContext container;
    private AVStream stream;
    private AVPacket packet;
    private boolean ended;

    /**
     * Opens it and finds its video.
     *
     * @param shown what messages call the url, which may hold a secret
     * @param options which containers and protocols it may be
     * @param within the most time this may take
     */
    Demuxer(String url, String shown, Map<String, String> options, Duration within) throws FfmpegException {
        deadline.in(within);
        boolean opened = false;
        try {
            open(url, shown, options);
            int index = Ffmpeg.check(
                    av_find_best_stream(container, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0),
                    "find the video in " + shown);
            stream = container.streams(index);
            packet = Ffmpeg.checkMemory(av_packet_alloc(), "make a packet");
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private void open(String url, String shown, Map<String, String> formats) throws FfmpegException {
        AVDictionary options = Ffmpeg.dictionary(formats);
        try (BytePointer nativeUrl = Ffmpeg.utf8(url)) {
            AVFormatContext opening = Ffmpeg.checkMemory(avformat_alloc_context(), "make a container");
            deadline.watch(opening.interrupt_callback());
            // Frees what it was given where it fails.
            Ffmpeg.check(avformat_open_input(opening, nativeUrl, (AVInputFormat) null, options), "read " + shown);
            container = opening;
        } finally {
            av_dict_free(options);
        }
        Ffmpeg.check(avformat_find_stream_info(container, (AVDictionary) null), "read " + shown);
    }

    /** The video. */
    AVStream stream() {
        return stream;
    }

    /** From now on {@link #next} may take this long until it fails. */
    void allow(Duration time) {
        deadline.in(time);
    }

    /** Makes the call that is running, and every later one, end at once. From any thread, also after {@link #close}. */
    void abort() {
        deadline.expire();
    }

    /** The next packet of the video, good until the next call; null at the end. */
    AVPacket next() throws FfmpegException {
        while (!ended) {
            av_packet_unref(packet);
            int code = av_read_frame(container, packet);
            if (code == AVERROR_EOF()) {
                ended = true;
            } else {
                Ffmpeg.check(code, "read a picture");
                if (packet.stream_index() == stream.index()) {
                    return packet;
                }
            }
        }
        return null;
    }

    @Override
    public void close() {
        if (packet != null) {
            av_packet_free(packet);
            packet = null;
        }
        if (container != null) {
            avformat_close_input(container);
            container = null;
        }
        deadline.expire();
        deadline.close();
    }
}
