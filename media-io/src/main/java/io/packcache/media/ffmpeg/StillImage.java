package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_WEBP;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGBA;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_alloc_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_free_context;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale_frame;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;

/**
 * One image out of the bytes of a file.
 *
 * @param rgba R G B A for each pixel, rows from the top, no padding
 */
public record StillImage(int width, int height, byte[] rgba) {

    /**
     * Decodes a WebP image that does not move.
     *
     * @param mostPixels more are refused before they take memory
     * @throws FfmpegException if the bytes are damaged, an animation, or too large an image
     */
    public static StillImage webp(byte[] bytes, long mostPixels) throws FfmpegException {
        Ffmpeg.load();
        AVCodec codec = Ffmpeg.checkMemory(avcodec_find_decoder(AV_CODEC_ID_WEBP), "find the decoder of WebP");
        AVCodecContext decoder = Ffmpeg.checkMemory(avcodec_alloc_context3(codec), "make a decoder");
        AVPacket packet = av_packet_alloc();
        AVFrame frame = av_frame_alloc();
        try {
            Ffmpeg.checkMemory(packet, "make a packet");
            Ffmpeg.checkMemory(frame, "make a frame");
            decoder.max_pixels(mostPixels).thread_count(1);
            decoder.err_recognition(AV_EF_EXPLODE);
            Ffmpeg.check(avcodec_open2(decoder, codec, (AVDictionary) null), "open the decoder of WebP");
            Ffmpeg.check(av_new_packet(packet, bytes.length), "make room for a packet");
            packet.data().put(bytes, 0, bytes.length);
            Ffmpeg.check(avcodec_send_packet(decoder, packet), "decode the image");
            Ffmpeg.check(avcodec_receive_frame(decoder, frame), "decode the image");
            return new StillImage(frame.width(), frame.height(), rgba(frame));
        } finally {
            av_frame_free(frame);
            av_packet_free(packet);
            avcodec_free_context(decoder);
        }
    }

    private static byte[] rgba(AVFrame frame) throws FfmpegException {
        AVFrame converted = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
        SwsContext converter = sws_alloc_context();
        try {
            converted.format(AV_PIX_FMT_RGBA).width(frame.width()).height(frame.height());
            Ffmpeg.check(av_frame_get_buffer(converted, 0), "make room for a frame");
            Ffmpeg.checkMemory(converter, "make a colour converter");
            converter.flags(SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT);
            Ffmpeg.check(sws_scale_frame(converter, converted, frame), "convert the image");
            byte[] rgba = new byte[Math.multiplyExact(4, Math.multiplyExact(frame.width(), frame.height()))];
            BytePointer from = converted.data(0);
            for (int row = 0; row < frame.height(); row++) {
                from.position((long) row * converted.linesize(0)).get(rgba, 4 * row * frame.width(), 4 * frame.width());
            }
            return rgba;
        } finally {
            sws_free_context(converter);
            av_frame_free(converted);
        }
    }
}
