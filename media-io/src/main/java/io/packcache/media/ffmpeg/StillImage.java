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
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

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
        int width = frame.width();
        int height = frame.height();
        byte[] rgba = new byte[Math.multiplyExact(4, Math.multiplyExact(width, height))];
        try (PixelConverter converter = new PixelConverter(width, height, PixelConverter.Pixels.RGBA)) {
            converter.convert(frame, rgba);
        }
        return rgba;
    }
}
