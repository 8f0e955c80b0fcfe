package io.packcache.kvcache.position;

/**
 * How tokens of one model stand and move: what angles their keys are rotated by, and how far a frame's positions go when
 * it moves on the time axis.
 *
 * @param scheme the embedding that keys are rotated with
 * @param stride how positions move when a frame moves by one slot
 */
public record Positions(RotaryScheme scheme, PositionStride stride) {}
