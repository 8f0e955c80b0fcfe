package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_close;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_count;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;

import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.BytePointer;

/** One container with one video stream. One thread at a time; owns native memory and the open file until closed. */
final class Muxer implements AutoCloseable {

    private AVFormatContext context;
    private AVIOContext output;
    private AVStream stream;

    /**
     * Opens {@code url} and writes the header.
     *
     * @param shown what messages call the url, which may hold a secret
     * @param deadline ends each blocking call that runs past it; null for files
     * @param format FFmpeg's short name of the container
     * @param options of the container; an unknown one is refused
     * @param metadata title and the like, kept in the header
     */
    Muxer(
            String url,
            String shown,
            String format,
            Map<String, String> options,
            Map<String, String> metadata,
            VideoEncoder encoder,
            Deadline deadline)
            throws FfmpegException {
        boolean opened = false;
        try (BytePointer nativeUrl = Ffmpeg.utf8(url);
                BytePointer nativeFormat = Ffmpeg.utf8(format)) {
            context = new AVFormatContext(null);
            Ffmpeg.check(
                    avformat_alloc_output_context2(context, null, nativeFormat, nativeUrl),
                    "make a container of format " + format);
            stream = Ffmpeg.checkMemory(avformat_new_stream(context, null), "add a video stream");
            stream.time_base(encoder.timeBase());
            stream.avg_frame_rate(encoder.context().framerate());
            Ffmpeg.check(
                    avcodec_parameters_from_context(stream.codecpar(), encoder.context()), "describe the video stream");
            context.metadata(Ffmpeg.dictionary(metadata));
            if (deadline != null) {
                context.interrupt_callback().callback(deadline);
            }
            AVIOContext opening = new AVIOContext(null);
            Ffmpeg.check(
                    avio_open2(opening, nativeUrl, AVIO_FLAG_WRITE, context.interrupt_callback(), (AVDictionary) null),
                    "open " + shown);
            output = opening;
            context.pb(output);
            writeHeader(options);
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private void writeHeader(Map<String, String> options) throws FfmpegException {
        AVDictionary left = Ffmpeg.dictionary(options);
        try {
            Ffmpeg.check(avformat_write_header(context, left), "write the header");
            if (av_dict_count(left) > 0) {
                throw new IllegalArgumentException("the container does not know all of the options " + options);
            }
        } finally {
            av_dict_free(left);
        }
    }

    /** Writes one packet whose times are in ticks of the encoder; the packet stays the caller's. */
    void write(AVPacket packet, VideoEncoder encoder) throws FfmpegException {
        packet.stream_index(stream.index());
        av_packet_rescale_ts(packet, encoder.timeBase(), stream.time_base());
        Ffmpeg.check(av_write_frame(context, packet), "write a picture");
    }

    /** Writes the index and closes the file; what the disk refused until now shows here at the latest. */
    void finish() throws FfmpegException {
        int trailer = av_write_trailer(context);
        int closed = closeOutput();
        Ffmpeg.check(trailer, "write the index");
        Ffmpeg.check(closed, "close the file");
    }

    private int closeOutput() {
        if (output == null || output.isNull()) {
            return 0;
        }
        int code = avio_close(output);
        output = null;
        context.pb(null);
        return code;
    }

    @Override
    public void close() {
        closeOutput();
        if (context != null) {
            avformat_free_context(context);
            context = null;
        }
    }
}
