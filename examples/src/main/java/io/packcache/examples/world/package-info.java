/**
 * The demo world: short clips drawn by a program, with captions and with the truth about every picture.
 *
 * <p>A clip is a pure function of its seed, so training, evaluation and tests share one source of truth.
 */
package io.packcache.examples.world;
