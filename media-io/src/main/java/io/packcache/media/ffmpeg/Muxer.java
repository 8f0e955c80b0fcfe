package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOFILE;
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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;

/** One container being written. One thread at a time; owns native memory and the open file until closed. */
final class Muxer implements AutoCloseable {

    /** Of each track, the length of a tick of its packets. */
    private final List<AVRational> ticks;

    /** The same in the container, which chooses it when the header is written. */
    private final List<AVRational> written = new ArrayList<>();

    private AVFormatContext context;
    private AVIOContext output;

    /**
     * Opens the target and writes the header.
     *
     * @param metadata title and the like, kept in the header
     * @param tracks the streams, in order; they stay the caller's, and are copied
     * @param deadline ends each blocking call that runs past it; null for files
     */
    Muxer(Target target, Map<String, String> metadata, List<Track> tracks, Deadline deadline) throws FfmpegException {
        ticks = tracks.stream().map(Track::copyTimeBase).toList();
        boolean opened = false;
        try (BytePointer url = Ffmpeg.utf8(target.url());
                BytePointer format = Ffmpeg.utf8(target.format())) {
            context = new AVFormatContext(null);
            Ffmpeg.check(
                    avformat_alloc_output_context2(context, null, format, url),
                    "make a container of format " + target.format());
            for (Track track : tracks) {
                track.describe(Ffmpeg.checkMemory(avformat_new_stream(context, null), "add a stream"));
            }
            context.metadata(Ffmpeg.dictionary(metadata));
            if (deadline != null) {
                deadline.watch(context.interrupt_callback());
            }
            if ((context.oformat().flags() & AVFMT_NOFILE) == 0) {
                openOutput(target, url);
            } else {
                ClosingErrors.keep(context);
            }
            writeHeader(target.options());
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private void openOutput(Target target, BytePointer url) throws FfmpegException {
        AVIOContext opening = new AVIOContext(null);
        AVDictionary options = Ffmpeg.dictionary(target.protocol());
        try {
            FfmpegLog.listen();
            int code = avio_open2(opening, url, AVIO_FLAG_WRITE, context.interrupt_callback(), options);
            if (code < 0) {
                throw new FfmpegException("open " + target.shown(), explain(code));
            }
        } finally {
            av_dict_free(options);
        }
        output = opening;
        context.pb(output);
    }

    /** A refused connection is told by a number that says little; what was logged says more. */
    private static String explain(int code) {
        String general = Ffmpeg.describe(code);
        String logged = FfmpegLog.firstError();
        return logged == null || logged.contains(general) ? general : general + " (" + logged + ")";
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
        for (int i = 0; i < ticks.size(); i++) {
            written.add(context.streams(i).time_base());
        }
    }

    /** Writes one packet whose times are in ticks of its track; the packet stays the caller's. */
    void write(AVPacket packet, int track) throws FfmpegException {
        packet.stream_index(track);
        av_packet_rescale_ts(packet, ticks.get(track), written.get(track));
        Ffmpeg.check(av_write_frame(context, packet), "write a picture");
        Ffmpeg.check(ClosingErrors.first(context), "write what came before a picture");
    }

    /** Writes the index and closes the file; what the disk refused until now shows here at the latest. */
    void finish() throws FfmpegException {
        end();
        hangUp();
    }

    /** Writes what comes after the last picture; the output stays open. */
    void end() throws FfmpegException {
        Ffmpeg.check(av_write_trailer(context), "write the index");
        Ffmpeg.check(ClosingErrors.first(context), "write the end");
    }

    /** Closes the output after its {@linkplain #end() end}. */
    void hangUp() throws FfmpegException {
        Ffmpeg.check(closeOutput(), "close the file");
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
            ClosingErrors.forget(context);
            avformat_free_context(context);
            context = null;
            ticks.forEach(AVRational::close);
        }
    }
}
