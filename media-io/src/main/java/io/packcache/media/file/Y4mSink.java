package io.packcache.media.file;

import io.packcache.media.colour.PicturePlanes;
import io.packcache.media.colour.Yuv420;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import io.packcache.stream.sink.FrameSink;
import io.packcache.stream.sink.SinkException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Pictures to uncompressed YUV4MPEG2, for a pipe into a player or another encoder: YUV 4:2:0, BT.709 limited range.
 *
 * <p>Time: this format has one rate and no times. The rate is that of the first two pictures, so the first one waits for
 * the second; a film of one picture has one tick. Pictures that come earlier or later than that rate are written all the
 * same, and counted in {@link #offBeat()}.
 *
 * <p>Errors: a picture of another size or time base, a reader that went away. One thread at a time; no native code.
 */
public final class Y4mSink implements FrameSink {

    private static final byte[] FRAME = "FRAME\n".getBytes(StandardCharsets.US_ASCII);

    private final String name;
    private final OutputStream out;
    private PicturePlanes planes;
    private TimeBase timeBase;
    private VideoFrame first;
    private long last;
    private long gap;
    private long pictures;
    private long offBeat;
    private boolean refusing;
    private boolean closed;

    /**
     * Makes a sink that writes to {@code out} and closes it at the end.
     *
     * @param name what messages call it
     */
    public Y4mSink(OutputStream out, String name) {
        this.out = new BufferedOutputStream(out, 1 << 16);
        this.name = name;
    }

    /** Pictures that did not stand one beat after the one before them. */
    public long offBeat() {
        return offBeat;
    }

    @Override
    public void write(VideoFrame picture) throws SinkException {
        try (picture) {
            if (closed || refusing) {
                throw new SinkException(name + (closed ? " is closed" : " failed before") + "; picture " + pictures
                        + " was not written");
            }
            refusing = true;
            add(picture);
            refusing = false;
        }
    }

    private void add(VideoFrame picture) throws SinkException {
        if (planes == null) {
            planes = new PicturePlanes(picture.width(), picture.height(), picture.width(), picture.height());
            timeBase = picture.timeBase();
            first = picture.retain();
        } else if (!planes.fits(picture) || !picture.timeBase().equals(timeBase)) {
            throw new SinkException("cannot write picture " + pictures + " to " + name + ": it is " + picture.width()
                    + " x " + picture.height() + " at " + picture.timeBase() + ", the film began with "
                    + planes.width() + " x " + planes.height() + " at " + timeBase);
        } else {
            begin(Math.max(1, picture.pts() - last));
            offBeat += picture.pts() - last == gap ? 0 : 1;
            put(picture);
        }
        last = picture.pts();
        pictures++;
    }

    /** Writes the header and the picture that waited for it, unless that was done. */
    private void begin(long beat) throws SinkException {
        if (first == null) {
            return;
        }
        gap = beat;
        Yuv420 size = planes.planes();
        String header = "YUV4MPEG2 W" + size.width() + " H" + size.height() + " F" + timeBase.denominator() + ":"
                + Math.multiplyExact(gap, timeBase.numerator()) + " Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n";
        try {
            out.write(header.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw broken(e);
        }
        try (VideoFrame waited = first) {
            first = null;
            put(waited);
        }
    }

    private void put(VideoFrame picture) throws SinkException {
        Yuv420 yuv = planes.of(picture);
        try {
            out.write(FRAME);
            out.write(yuv.y());
            out.write(yuv.u());
            out.write(yuv.v());
            out.flush();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private SinkException broken(IOException cause) {
        return new SinkException("cannot write picture " + pictures + " to " + name + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() throws SinkException {
        if (closed) {
            return;
        }
        closed = true;
        try (OutputStream ending = out) {
            if (!refusing) {
                begin(1);
            }
            ending.flush();
        } catch (SinkException e) {
            throw e;
        } catch (IOException e) {
            throw broken(e);
        } finally {
            if (first != null) {
                first.release();
                first = null;
            }
        }
    }
}
