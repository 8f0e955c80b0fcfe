package io.packcache.stream.tokenizer;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.ArrayList;
import java.util.List;

/**
 * What the decoders of all picture tokenizers share: checking codes, and handing out pictures with their times. The
 * first latent frame yields only the last of its pictures.
 */
abstract class ClipDecoder implements PictureTokenizer.Decoder {

    private final PictureTokenizer tokenizer;
    private final int rows;
    private final int columns;
    private final TimeBase timeBase;
    private final FramePool pool;
    private int latentFrame;
    private long pts;
    private boolean failed;
    private boolean closed;

    ClipDecoder(
            PictureTokenizer tokenizer, int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from) {
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException(
                    "a clip has at least one row and one column of codes, got " + rows + " x " + columns);
        }
        this.tokenizer = tokenizer;
        this.rows = rows;
        this.columns = columns;
        this.timeBase = timeBase;
        this.pool = pool;
        this.latentFrame = from.latentFrame();
        this.pts = from.pts();
    }

    /** Computes all pictures of the next latent frame. */
    abstract void compute(int latentFrame, int[] codes);

    /**
     * Writes one computed picture.
     *
     * @param picture 0 to {@code temporalFactor() - 1} within the latent frame
     * @param pts its index in the clip
     */
    abstract void paint(int picture, long pts, byte[] rgb);

    /** Copies of what the layers remember. */
    abstract List<DecoderState.Block> remembered();

    /** Gives back what the decoder holds; called once. */
    abstract void release();

    @Override
    public final List<VideoFrame> decode(int[] codes) {
        if (closed) {
            throw new IllegalStateException("the decoder was closed after latent frame " + (latentFrame - 1));
        }
        if (failed) {
            throw new IllegalStateException("the decoder failed at latent frame " + latentFrame
                    + "; go on from an earlier state of it in another one");
        }
        check(codes);
        List<VideoFrame> pictures = new ArrayList<>(tokenizer.temporalFactor());
        try {
            compute(latentFrame, codes);
            paint(pictures);
        } catch (RuntimeException | Error e) {
            failed = true;
            pictures.forEach(VideoFrame::release);
            throw e;
        }
        pts += pictures.size();
        latentFrame++;
        return pictures;
    }

    private void paint(List<VideoFrame> pictures) {
        int width = columns * tokenizer.spatialFactor();
        int height = rows * tokenizer.spatialFactor();
        int last = tokenizer.temporalFactor() - 1;
        for (int i = latentFrame == 0 ? last : 0; i <= last; i++) {
            VideoFrame picture = pool.take(width, height, pts + pictures.size(), timeBase);
            pictures.add(picture);
            paint(i, picture.pts(), picture.rgb());
        }
    }

    @Override
    public final DecoderState state() {
        return new DecoderState(latentFrame, pts, remembered());
    }

    private void check(int[] codes) {
        if (codes.length != rows * columns) {
            throw new IllegalArgumentException(
                    "latent frame " + latentFrame + " needs " + rows + " x " + columns + " codes, got " + codes.length);
        }
        for (int i = 0; i < codes.length; i++) {
            if (codes[i] < 0 || codes[i] >= tokenizer.codebookSize()) {
                throw new IllegalArgumentException("the code in row " + i / columns + ", column " + i % columns
                        + " of latent frame " + latentFrame + " is " + codes[i] + ", and codes are 0 to "
                        + (tokenizer.codebookSize() - 1));
            }
        }
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }
}
