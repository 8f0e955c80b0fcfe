package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** Frames into an encoder, packets out of it. One thread at a time; owns native memory until closed. */
final class PacketLoop implements AutoCloseable {

    private AVPacket packet;

    PacketLoop() throws FfmpegException {
        packet = Ffmpeg.checkMemory(av_packet_alloc(), "make a packet");
    }

    /** Gives the encoder a frame, or null for the end, and passes on what comes out; negative if the encoder failed. */
    int submit(AVCodecContext encoder, AVFrame next, VideoEncoder.Packets packets) throws FfmpegException {
        int code = avcodec_send_frame(encoder, next);
        while (code >= 0) {
            code = avcodec_receive_packet(encoder, packet);
            if (code == AVERROR_EAGAIN() || code == AVERROR_EOF()) {
                return 0;
            }
            if (code >= 0) {
                try {
                    packets.accept(packet);
                } finally {
                    av_packet_unref(packet);
                }
            }
        }
        return code;
    }

    @Override
    public void close() {
        if (packet != null) {
            av_packet_free(packet);
            packet = null;
        }
    }
}
