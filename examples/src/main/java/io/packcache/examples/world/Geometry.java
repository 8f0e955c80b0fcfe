package io.packcache.examples.world;

/** The fixed measures of every clip. */
public final class Geometry {
    /** Side of the square picture, in pixels. */
    public static final int SIDE = 64;

    /** Pictures in a clip. */
    public static final int PICTURES = 49;

    /** Pictures a second. */
    public static final int RATE = 12;

    /** Pixels an object moves from one picture to the next, along each moving axis. */
    public static final int SPEED = 2;

    /** Pictures in a latent frame after the first, which holds one. */
    public static final int PICTURES_PER_LATENT = 4;

    /** Pixels an object moves in one latent frame: exactly one cell of the visual tokenizer. */
    public static final int STEP = SPEED * PICTURES_PER_LATENT;

    /** The smallest coordinate of a centre. */
    public static final int NEAR = 12;

    /** The largest coordinate of a centre. */
    public static final int FAR = SIDE - NEAR;

    private Geometry() {}
}
