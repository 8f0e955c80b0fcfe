package io.packcache.media.image;

import io.packcache.media.colour.CoverScaler;
import io.packcache.media.file.OutputFile;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Pictures of a whole video, evenly over it with the first and the last among them, on one JPEG.
 *
 * <p>However long the video, at most twice as many small pictures are kept as the sheet shows: each time there are more,
 * every second one leaves and from then on half as many are taken. One thread at a time; no native code.
 *
 * <p>Errors: pictures may change size; a file that cannot be written shows at {@link #close}. Closed without a picture, it
 * leaves no file.
 */
public final class SheetSink implements FrameSink {

    private static final TimeBase NO_TIME = new TimeBase(1, 1);

    private final OutputFile output;
    private final SheetSettings settings;
    private final List<VideoFrame> kept = new ArrayList<>();
    private VideoFrame newest;
    private long pictures;
    private long stride = 1;
    private boolean closed;

    /**
     * Makes a sink; writes nothing yet.
     *
     * @throws SinkException if the file exists and may not be replaced, or its folder is absent or read-only
     */
    public SheetSink(Path file, SheetSettings settings) throws SinkException {
        this.settings = settings;
        output = new OutputFile(file, settings.overwrite(), true);
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        try (picture) {
            if (closed) {
                throw new SinkException(output.file() + " is closed; picture " + pictures + " is not on it");
            }
            if (pictures % stride == 0) {
                kept.add(small(picture));
            }
            if (kept.size() > 2 * settings.columns() * settings.rows()) {
                thin();
            }
            replaceNewest(picture.retain());
            pictures++;
        }
    }

    private void thin() {
        for (int i = kept.size() / 2 * 2 - 1; i > 0; i -= 2) {
            kept.remove(i);
        }
        stride *= 2;
    }

    private void replaceNewest(VideoFrame picture) {
        if (newest != null) {
            newest.release();
        }
        newest = picture;
    }

    private VideoFrame small(VideoFrame picture) {
        int width = settings.width();
        int height = Math.max(1, Math.round((float) width * picture.height() / picture.width()));
        byte[] rgb = CoverScaler.scale(picture.rgb(), picture.width(), picture.height(), width, height);
        return VideoFrame.unpooled(width, height, pictures, NO_TIME, rgb);
    }

    @Override
    public void close() throws SinkException {
        if (closed) {
            return;
        }
        closed = true;
        if (newest == null) {
            return;
        }
        VideoFrame last;
        try (VideoFrame ending = newest) {
            last = small(ending);
        } finally {
            newest = null;
        }
        if ((pictures - 1) % stride != 0) {
            kept.add(last);
        }
        draw(shown());
        kept.clear();
    }

    /** As many as the sheet has room for, evenly over what is kept. */
    private List<VideoFrame> shown() {
        int room = Math.min(settings.columns() * settings.rows(), kept.size());
        List<VideoFrame> shown = new ArrayList<>();
        for (int i = 0; i < room; i++) {
            shown.add(kept.get(room == 1 ? 0 : Math.round((float) i * (kept.size() - 1) / (room - 1))));
        }
        return shown;
    }

    private void draw(List<VideoFrame> shown) throws SinkException {
        ContactSheet sheet = new ContactSheet("", "", 1);
        for (int from = 0; from < shown.size(); from += settings.columns()) {
            int to = Math.min(shown.size(), from + settings.columns());
            sheet.row("", Collections.emptyList(), shown.subList(from, to));
        }
        JpegWriter.write(sheet.draw(), settings.quality(), output);
    }
}
