package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;

import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * One stream of a container as its encoder describes it: a copy, so that it outlives the encoder and serves any thread.
 * Owns native memory until closed.
 */
final class Track implements AutoCloseable {

    private final AVCodecParameters parameters;
    private final AVRational timeBase;
    private final AVRational frameRate;
    private boolean closed;

    /** Describes what an open encoder puts out, in ticks of its time base. */
    Track(AVCodecContext encoder) throws FfmpegException {
        parameters = Ffmpeg.checkMemory(avcodec_parameters_alloc(), "describe a stream");
        timeBase = copy(encoder.time_base());
        frameRate = copy(encoder.framerate());
        boolean described = false;
        try {
            Ffmpeg.check(avcodec_parameters_from_context(parameters, encoder), "describe a stream");
            described = true;
        } finally {
            if (!described) {
                close();
            }
        }
    }

    private static AVRational copy(AVRational value) {
        return Ffmpeg.rational(value.num(), value.den());
    }

    /** The length of one tick of this track's packets; the caller closes it. */
    AVRational copyTimeBase() {
        return copy(timeBase);
    }

    void describe(AVStream stream) throws FfmpegException {
        stream.time_base(timeBase);
        stream.avg_frame_rate(frameRate);
        Ffmpeg.check(avcodec_parameters_copy(stream.codecpar(), parameters), "describe a stream");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            avcodec_parameters_free(parameters);
            timeBase.close();
            frameRate.close();
        }
    }
}
