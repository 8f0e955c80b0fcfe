package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_copy;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_rescale_q;
import static org.bytedeco.ffmpeg.global.avutil.av_samples_set_silence;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * A stereo AAC track in which nothing is heard, for services that refuse a broadcast without audio. Silence is coded once
 * and sent again and again. One thread at a time; owns native memory until closed.
 */
final class SilentAudio implements AutoCloseable {

    private static final int SAMPLE_RATE = 44_100;
    private static final int CHANNELS = 2;
    private static final int BITS_A_SECOND = 32_000;

    /** The encoder's first packets still hold its start; from here on each is the same. */
    private static final int SETTLED = 8;

    private final Track track;
    private final AVRational samples = Ffmpeg.rational(1, SAMPLE_RATE);
    private final AVRational clock;
    private final AVPacket packet;
    private final int packetSamples;
    private long next;

    /**
     * Codes the silence.
     *
     * @param beside the track whose ticks times are given in
     */
    SilentAudio(Track beside) throws FfmpegException {
        AVCodec codec = Ffmpeg.checkMemory(avcodec_find_encoder(AV_CODEC_ID_AAC), "find the encoder aac");
        AVCodecContext encoder = Ffmpeg.checkMemory(avcodec_alloc_context3(codec), "make an encoder");
        clock = beside.copyTimeBase();
        packet = av_packet_alloc();
        Track described = null;
        boolean coded = false;
        try {
            open(encoder, codec);
            described = new Track(encoder);
            packetSamples = encoder.frame_size();
            encode(encoder);
            coded = true;
        } finally {
            avcodec_free_context(encoder);
            if (!coded) {
                if (described != null) {
                    described.close();
                }
                free();
            }
        }
        track = described;
    }

    private void open(AVCodecContext encoder, AVCodec codec) throws FfmpegException {
        encoder.sample_fmt(AV_SAMPLE_FMT_FLTP).sample_rate(SAMPLE_RATE).time_base(samples);
        av_channel_layout_default(encoder.ch_layout(), CHANNELS);
        encoder.bit_rate(BITS_A_SECOND).flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        Ffmpeg.check(avcodec_open2(encoder, codec, (AVDictionary) null), "open the encoder aac");
    }

    private void encode(AVCodecContext encoder) throws FfmpegException {
        Ffmpeg.checkMemory(packet, "make a packet");
        AVFrame frame = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
        try {
            frame.format(AV_SAMPLE_FMT_FLTP).sample_rate(SAMPLE_RATE).nb_samples(packetSamples);
            Ffmpeg.check(av_channel_layout_copy(frame.ch_layout(), encoder.ch_layout()), "describe silence");
            Ffmpeg.check(av_frame_get_buffer(frame, 0), "make room for silence");
            av_samples_set_silence(frame.extended_data(), 0, packetSamples, CHANNELS, AV_SAMPLE_FMT_FLTP);
            int packets = 0;
            for (long at = 0; packets < SETTLED; at += packetSamples) {
                frame.pts(at);
                Ffmpeg.check(avcodec_send_frame(encoder, frame), "encode silence");
                av_packet_unref(packet);
                int code = avcodec_receive_packet(encoder, packet);
                if (code != AVERROR_EAGAIN()) {
                    Ffmpeg.check(code, "encode silence");
                    packets++;
                }
            }
        } finally {
            av_frame_free(frame);
        }
    }

    /** The track; stays this object's. */
    Track track() {
        return track;
    }

    /** Skips the silence before a time, so that what follows begins with it. Never goes back. */
    void skipTo(long ticks) {
        next = Math.max(next, samplesAt(ticks) / packetSamples * packetSamples);
    }

    /** Passes on the silence that begins before a time and is left; each packet is this object's and used again. */
    void upTo(long ticks, VideoEncoder.Packets packets) throws FfmpegException {
        for (long end = samplesAt(ticks); next < end; next += packetSamples) {
            packet.pts(next).dts(next).duration(packetSamples);
            packets.accept(packet);
        }
    }

    private long samplesAt(long ticks) {
        return av_rescale_q(ticks, clock, samples);
    }

    @Override
    public void close() {
        track.close();
        free();
    }

    private void free() {
        av_packet_free(packet);
        samples.close();
        clock.close();
    }
}
