package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.nio.file.Path;
import java.time.Duration;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * A container and a decoder in a row: file or live stream in, RGB pictures out. One thread at a time, except
 * {@link #abort()}; owns native memory until closed.
 */
public final class VideoFile implements AutoCloseable {

    private static final long MOST_PIXELS = 8192L * 8192;

    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    private final Demuxer container;
    private AVCodecContext decoder;
    private AVFrame frame;
    private PixelConverter toRgb;

    /**
     * Opens a file and finds its video.
     *
     * @throws FfmpegException if it is no video, or too large
     */
    public VideoFile(Path file) throws FfmpegException {
        this(open("file:" + file.toAbsolutePath(), file), file.toString());
    }

    private static Demuxer open(String url, Path file) throws FfmpegException {
        Ffmpeg.load();
        return new Demuxer(url, file.toString(), Demuxer.TRUSTED_FORMATS, FOR_EVER);
    }

    private VideoFile(Demuxer container, String shown) throws FfmpegException {
        this.container = container;
        boolean opened = false;
        try {
            openDecoder(container.stream(), shown);
            frame = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
            toRgb = new PixelConverter(width(), height(), PixelConverter.Pixels.RGB);
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
        Ffmpeg.load();
        return new VideoFile(new Demuxer(url, shown, Demuxer.LIVE_FORMATS, within), shown);
    }

    /** From now on {@link #next} may take this long until it fails. */
    public void allow(Duration time) {
        container.allow(time);
    }

    /** Makes the call that is running, and every later one, end at once. From any thread, also after {@link #close}. */
    public void abort() {
        container.abort();
    }

    private void openDecoder(AVStream stream, String shown) throws FfmpegException {
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
        return new TimeBase(
                container.stream().time_base().num(),
                container.stream().time_base().den());
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
            AVPacket packet = container.next();
            Ffmpeg.check(avcodec_send_packet(decoder, packet), packet == null ? "end the decoder" : "decode a picture");
        }
    }

    /** The picture just decoded, in memory of {@code pool}; the caller's to release. */
    public VideoFrame take(FramePool pool) throws FfmpegException {
        VideoFrame picture = pool.take(toRgb.width(), toRgb.height(), frame.best_effort_timestamp(), timeBase());
        boolean filled = false;
        try {
            toRgb.convert(frame, picture.rgb());
            av_frame_unref(frame);
            filled = true;
            return picture;
        } finally {
            if (!filled) {
                picture.release();
            }
        }
    }

    @Override
    public void close() {
        if (toRgb != null) {
            toRgb.close();
            toRgb = null;
        }
        if (frame != null) {
            av_frame_free(frame);
            frame = null;
        }
        if (decoder != null) {
            avcodec_free_context(decoder);
            decoder = null;
        }
        container.close();
    }
}
