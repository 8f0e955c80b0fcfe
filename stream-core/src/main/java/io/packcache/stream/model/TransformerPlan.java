package io.packcache.stream.model;

import io.packcache.kvcache.position.RotaryScheme;

/**
 * What a transformer is made of, beside its weights.
 *
 * @param network its shape
 * @param rotary the rotary embedding of its queries and keys
 * @param causalFrames whether a token of a frame sees only the tokens before it, as next-token models are trained; false if
 *     the tokens of a frame all see each other
 * @param firstOutput first row of the head that is loaded
 * @param outputs rows of the head that are loaded: the columns of its logits
 */
public record TransformerPlan(
        NetworkConfig network, RotaryScheme rotary, boolean causalFrames, int firstOutput, int outputs) {}
