package io.packcache.media.ffmpeg;

import static org.bytedeco.ffmpeg.global.avfilter.AV_BUFFERSRC_FLAG_KEEP_REF;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_format;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame_flags;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_free;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A chain of FFmpeg's filters for pictures of one size: RGB in, one picture out for each. One thread at a time; owns
 * native memory until closed.
 */
final class PixelFilter implements AutoCloseable {

    private static final String IN = "in";
    private static final String OUT = "out";

    private AVFilterGraph graph;
    private AVFilterContext source;
    private AVFilterContext sink;

    /**
     * @param description in FFmpeg's filter language, with one open input and one open output
     */
    PixelFilter(int width, int height, String description) throws FfmpegException {
        graph = Ffmpeg.checkMemory(avfilter_graph_alloc(), "make a filter");
        boolean made = false;
        try {
            // Filters by slices would start a thread for each core, for pictures that one filters faster than it is
            // encoded.
            graph.nb_threads(1);
            source = create("buffer", IN, "video_size=" + width + "x" + height + ":pix_fmt=rgb24:time_base=1/1");
            sink = create("buffersink", OUT, null);
            connect(description);
            Ffmpeg.check(avfilter_graph_config(graph, null), "set up the filter " + description);
            made = true;
        } finally {
            if (!made) {
                close();
            }
        }
    }

    private AVFilterContext create(String filter, String name, String arguments) throws FfmpegException {
        AVFilterContext created = new AVFilterContext(null);
        Ffmpeg.check(
                avfilter_graph_create_filter(created, avfilter_get_by_name(filter), name, arguments, null, graph),
                "make the filter " + filter);
        return created;
    }

    private void connect(String description) throws FfmpegException {
        AVFilterInOut open = end(IN, source);
        AVFilterInOut taken = end(OUT, sink);
        try (BytePointer text = Ffmpeg.utf8(description)) {
            Ffmpeg.check(
                    avfilter_graph_parse_ptr(graph, text, taken, open, (Pointer) null),
                    "make the filter " + description);
        } finally {
            avfilter_inout_free(open);
            avfilter_inout_free(taken);
        }
    }

    private static AVFilterInOut end(String name, AVFilterContext filter) throws FfmpegException {
        AVFilterInOut end = Ffmpeg.checkMemory(avfilter_inout_alloc(), "make a filter");
        try (BytePointer text = Ffmpeg.utf8(name)) {
            return end.name(av_strdup(text)).filter_ctx(filter).pad_idx(0).next(null);
        }
    }

    /** What pictures come out as. */
    int format() {
        return av_buffersink_get_format(sink);
    }

    /** Filters {@code from}, which stays as it is, into the empty frame {@code to}. */
    void apply(AVFrame from, AVFrame to) throws FfmpegException {
        Ffmpeg.check(av_buffersrc_add_frame_flags(source, from, AV_BUFFERSRC_FLAG_KEEP_REF), "filter a picture");
        Ffmpeg.check(av_buffersink_get_frame(sink, to), "filter a picture");
    }

    @Override
    public void close() {
        if (graph != null) {
            avfilter_graph_free(graph);
            graph = null;
        }
    }
}
