package io.packcache.kvcache.position;

import io.packcache.kvcache.FrameGrid;

/**
 * How far positions move when a frame moves by one slot on the time axis: the time coordinate of its content by
 * {@code time}, the one-dimensional index of all its tokens by {@code index}. Height and width stay.
 *
 * @param time step of t from frame to frame
 * @param index tokens of a frame
 */
public record PositionStride(int time, int index) {

    /** Time step of the Lumos-1 layout: a latent frame is four pictures. */
    public static final int LATENT_FRAME = 4;

    /** Stride of frames of this grid. */
    public static PositionStride of(FrameGrid grid) {
        return new PositionStride(LATENT_FRAME, grid.frameLength());
    }

    /**
     * The position after its frame moved by {@code slots}.
     *
     * @throws ArithmeticException if it leaves the range of int
     */
    public TokenPosition moved(TokenPosition position, long slots) {
        int movedIndex = shifted(position.index(), index, slots);
        int movedTime = position.visual() ? shifted(position.t(), time, slots) : 0;
        return new TokenPosition(position.visual(), movedIndex, movedTime, position.h(), position.w());
    }

    private static int shifted(int coordinate, int step, long slots) {
        return Math.toIntExact(coordinate + Math.multiplyExact(step, slots));
    }
}
