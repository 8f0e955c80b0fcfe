package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_PRI_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_TRC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_is_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;

import io.packcache.media.colour.Yuv420;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/**
 * A native frame that is filled again and again, tagged BT.709 limited range; where an encoder still holds on to what it
 * got, the frame moves on to other memory. One thread at a time; owns native memory until closed.
 */
final class PlanesFrame implements AutoCloseable {

    private static final int PLANES = 3;

    /** Where the frame's planes are, as long as the encoder does not hold on to them. */
    private final BytePointer[] planes = new BytePointer[PLANES];

    private AVFrame frame;

    PlanesFrame(int width, int height) throws FfmpegException {
        boolean made = false;
        try {
            frame = Ffmpeg.checkMemory(av_frame_alloc(), "make a frame");
            frame.format(AV_PIX_FMT_YUV420P).width(width).height(height);
            frame.color_range(AVCOL_RANGE_MPEG).colorspace(AVCOL_SPC_BT709);
            frame.color_primaries(AVCOL_PRI_BT709).color_trc(AVCOL_TRC_BT709);
            Ffmpeg.check(av_frame_get_buffer(frame, 0), "make room for a frame");
            findPlanes();
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    private void findPlanes() {
        for (int i = 0; i < PLANES; i++) {
            planes[i] = frame.data(i);
        }
    }

    /** The frame with this picture in it, good until the next call. */
    AVFrame of(Yuv420 picture) throws FfmpegException {
        if (av_frame_is_writable(frame) == 0) {
            Ffmpeg.check(av_frame_make_writable(frame), "make room for a frame");
            findPlanes();
        }
        copy(picture.y(), picture.width(), picture.height(), 0);
        copy(picture.u(), picture.width() / 2, picture.height() / 2, 1);
        copy(picture.v(), picture.width() / 2, picture.height() / 2, 2);
        return frame;
    }

    private void copy(byte[] plane, int width, int height, int index) {
        BytePointer to = planes[index];
        int stride = frame.linesize(index);
        if (stride == width) {
            to.position(0).put(plane, 0, width * height);
            return;
        }
        for (int row = 0; row < height; row++) {
            to.position((long) row * stride).put(plane, row * width, width);
        }
    }

    @Override
    public void close() {
        if (frame != null) {
            av_frame_free(frame);
            frame = null;
        }
    }
}
