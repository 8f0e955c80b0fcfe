package io.packcache.stream.flow;

/**
 * What one picture looks like, in numbers that tell a picture that decays from one that lives.
 *
 * @param latentFrame that it belongs to
 * @param pts its presentation time, in ticks of its time base
 * @param brightness mean luma (BT.709 weights), 0 to 1
 * @param saturation mean difference of the largest and the smallest of R, G, B, 0 to 1
 * @param sharpness mean difference of luma between neighbouring pixels, right and below, 0 to 1
 * @param motion mean difference of luma to the picture before, 0 to 1; 0 for the first picture of an epoch
 * @param seam of the first picture of a latent frame, how many times larger its motion is than that within latent frames
 *     so far; 1 for all others, and while nothing moves
 */
public record PictureStatistics(
        long latentFrame,
        long pts,
        double brightness,
        double saturation,
        double sharpness,
        double motion,
        double seam) {}
