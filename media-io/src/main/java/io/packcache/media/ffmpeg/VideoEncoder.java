package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_FRAME_DURATION;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avutil.AVCHROMA_LOC_CENTER;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_count;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;

import io.packcache.media.colour.Yuv420;
import io.packcache.stream.frame.TimeBase;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One video encoder: pictures in, packets out in the same order and number, each tagged BT.709 limited range. No
 * reordering, so a packet's decoding time is its presentation time. One thread at a time; owns native memory until
 * closed.
 */
final class VideoEncoder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VideoEncoder.class);

    /** One tick at least this long is taken for one picture. */
    private static final int MOST_PICTURES_A_SECOND = 240;

    /** Receives each packet as it leaves the encoder; the packet is the encoder's and used again afterwards. */
    interface Packets {
        void accept(AVPacket packet) throws FfmpegException;
    }

    private static final int HVC1 = 'h' | 'v' << 8 | 'c' << 16 | '1' << 24;

    private final EncoderChoice choice;
    private final AVRational timeBase;

    private Encoding encoding;
    private AVCodecContext context;
    private PlanesFrame planes;
    private PacketLoop packetLoop;
    private long nextKey = Long.MIN_VALUE;

    VideoEncoder(EncoderChoice choice, Encoding encoding) throws FfmpegException {
        this.choice = choice;
        this.encoding = encoding;
        TimeBase ticks = encoding.timeBase();
        timeBase = Ffmpeg.rational(ticks.numerator(), ticks.denominator());
        boolean opened = false;
        try {
            context = open();
            planes = new PlanesFrame(encoding.width(), encoding.height());
            packetLoop = new PacketLoop();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private AVCodecContext open() throws FfmpegException {
        AVCodecContext made = Ffmpeg.checkMemory(avcodec_alloc_context3(choice.codec()), "make an encoder");
        configure(made);
        AVDictionary options = Ffmpeg.dictionary(choice.options(encoding));
        int code = avcodec_open2(made, choice.codec(), options);
        int unknown = av_dict_count(options);
        av_dict_free(options);
        if (code < 0) {
            avcodec_free_context(made);
        }
        Ffmpeg.check(
                code, "open " + choice.name() + " for pictures of " + encoding.width() + " x " + encoding.height());
        if (unknown > 0) {
            avcodec_free_context(made);
            throw new IllegalArgumentException(choice.name() + " does not know all of " + choice.options(encoding));
        }
        return made;
    }

    private void configure(AVCodecContext made) {
        TimeBase ticks = encoding.timeBase();
        made.width(encoding.width()).height(encoding.height());
        made.pix_fmt(AV_PIX_FMT_YUV420P).time_base(timeBase);
        if (ticks.denominator() <= (long) MOST_PICTURES_A_SECOND * ticks.numerator()) {
            try (AVRational rate = Ffmpeg.rational(ticks.denominator(), ticks.numerator())) {
                made.framerate(rate);
            }
        }
        made.gop_size(Encoding.NO_OTHER_KEYS).max_b_frames(0).thread_count(encoding.threads());
        made.flags(made.flags() | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_FRAME_DURATION);
        if (choice.namedHvc1()) {
            made.codec_tag(HVC1);
        }
        made.color_range(AVCOL_RANGE_MPEG).colorspace(AVCOL_SPC_BT709);
        made.color_primaries(AVCOL_PRI_BT709).color_trc(AVCOL_TRC_BT709);
        made.chroma_sample_location(AVCHROMA_LOC_CENTER);
    }

    /** What leaves this encoder; the caller closes it. */
    Track track() throws FfmpegException {
        return new Track(context);
    }

    /**
     * Encodes one picture.
     *
     * @param ticks its time, later than the one before
     * @param duration ticks it lasts, as far as known
     */
    void encode(Yuv420 picture, long ticks, long duration, Packets packets) throws FfmpegException {
        AVFrame frame = planes.of(picture);
        boolean key = ticks >= nextKey;
        if (key) {
            nextKey = Math.addExact(ticks, encoding.keyTicks());
        }
        frame.pts(ticks).duration(duration).pict_type(key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
        int code = packetLoop.submit(context, frame, packets);
        while (code < 0 && choice.givesUpOnNoise() && reopenCoarser()) {
            frame.pict_type(AV_PICTURE_TYPE_I);
            code = packetLoop.submit(context, frame, packets);
        }
        Ffmpeg.check(code, "encode a picture");
    }

    /** Makes the next picture a key picture, as a new receiver needs. */
    void requestKey() {
        nextKey = Long.MIN_VALUE;
    }

    /** Starts over with a coarser quantiser; false where there is none, or where decoders would have to be told. */
    private boolean reopenCoarser() throws FfmpegException {
        Encoding coarser = encoding.coarser();
        if (coarser == null) {
            return false;
        }
        byte[] before = parameterSets();
        avcodec_free_context(context);
        context = null;
        encoding = coarser;
        context = open();
        LOG.warn(
                "{} gave up on a picture with too much detail; quality goes on at {} instead of {}",
                choice.name(),
                coarser.quality(),
                coarser.quality() - Encoding.STEP);
        return Arrays.equals(before, parameterSets());
    }

    private byte[] parameterSets() {
        byte[] sets = new byte[context.extradata_size()];
        if (sets.length > 0) {
            context.extradata().get(sets, 0, sets.length);
        }
        return sets;
    }

    /** Sends out what the encoder still holds; nothing can be encoded afterwards. */
    void finish(Packets packets) throws FfmpegException {
        Ffmpeg.check(packetLoop.submit(context, null, packets), "end the encoder");
    }

    @Override
    public void close() {
        if (packetLoop != null) {
            packetLoop.close();
        }
        if (planes != null) {
            planes.close();
        }
        if (context != null) {
            avcodec_free_context(context);
            context = null;
        }
        timeBase.close();
    }
}
