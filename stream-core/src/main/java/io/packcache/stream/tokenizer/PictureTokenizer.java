package io.packcache.stream.tokenizer;

import io.packcache.stream.frame.FramePool;
import io.packcache.stream.frame.TimeBase;
import io.packcache.stream.frame.VideoFrame;
import java.util.List;

/**
 * Turns pictures into codes and codes into pictures. Causal in time: the first latent frame is the first picture alone,
 * each later one is {@link #temporalFactor()} pictures, and a latent frame depends on nothing after it.
 */
public interface PictureTokenizer extends AutoCloseable {

    /** Pictures in every latent frame after the first. */
    int temporalFactor();

    /** Pixels on a side of one code's cell. */
    int spatialFactor();

    /** Number of different codes. */
    int codebookSize();

    /**
     * Encodes {@code 1 + temporalFactor() * (n - 1)} pictures of one size into n latent frames.
     *
     * @return codes of shape (n, rows * columns), row-major
     * @throws IllegalArgumentException if the number or the size of the pictures does not fit
     */
    int[][] encode(List<VideoFrame> pictures);

    /**
     * Starts decoding one clip.
     *
     * @param rows code rows
     * @param columns code columns
     * @param timeBase time base of the pictures, one tick each
     * @param pool where their memory comes from
     */
    default Decoder decoder(int rows, int columns, TimeBase timeBase, FramePool pool) {
        return decoder(rows, columns, timeBase, pool, DecoderState.cutAt(0));
    }

    /**
     * Goes on decoding a clip where another decoder stood.
     *
     * @param from state of a decoder of the same size, of this tokenizer or one loaded from the same files
     */
    Decoder decoder(int rows, int columns, TimeBase timeBase, FramePool pool, DecoderState from);

    @Override
    void close();

    /** The decoder of one clip; it keeps what later frames need of earlier ones. One thread at a time. */
    interface Decoder extends AutoCloseable {

        /**
         * Decodes the next latent frame. A decoder that failed is of no further use: close it, and go on from a state
         * of it in another one.
         *
         * @param codes row-major, rows * columns of them
         * @return 1 picture for the first latent frame, {@code temporalFactor()} for each later one; the caller owns them
         */
        List<VideoFrame> decode(int[] codes);

        /** A copy of what the next latent frames depend on. */
        DecoderState state();

        @Override
        void close();
    }
}
