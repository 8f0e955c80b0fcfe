package io.packcache.stream.tokenizer;

import java.util.List;

/**
 * Everything that the pictures to come need of those before: what {@link PictureTokenizer.Decoder#state()} copies out and
 * another decoder of the same tokenizer and size can go on from, exactly.
 *
 * @param latentFrame latent frames decoded since the last cut; 0 if the next one begins anew
 * @param pts presentation time of the next picture
 * @param blocks what the layers remember, in the order of the layers and, within one, oldest first
 */
public record DecoderState(int latentFrame, long pts, List<Block> blocks) {

    public DecoderState {
        blocks = List.copyOf(blocks);
        if (latentFrame < 0 || pts < 0) {
            throw new IllegalArgumentException(
                    "latent frame and time of a decoder count from 0, got " + latentFrame + " and " + pts);
        }
    }

    /** A cut: nothing is remembered, and the next latent frame is one picture, shown at {@code pts}. */
    public static DecoderState cutAt(long pts) {
        return new DecoderState(0, pts, List.of());
    }

    /**
     * What one layer remembers of one frame.
     *
     * @param layer ordinal of the layer among those that remember
     * @param values shape (rows, columns, channels); not to be modified
     */
    public record Block(int layer, int rows, int columns, int channels, float[] values) {

        public Block {
            if (layer < 0
                    || rows < 1
                    || columns < 1
                    || channels < 1
                    || values.length != (long) rows * columns * channels) {
                throw new IllegalArgumentException("layer " + layer + " remembers " + rows + " x " + columns + " x "
                        + channels + " values, got " + values.length);
            }
        }
    }
}
