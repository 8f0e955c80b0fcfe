package io.packcache.examples.world;

/**
 * The measures of a world, in pixels.
 *
 * @param side side of the square picture
 * @param smallRadius half the side of the square that holds a small object
 * @param largeRadius the same of a large one; no centre comes nearer to the picture's edge
 * @param narrowBar how wide the narrowest bar is; a multiple of {@link #STEP}, like every bar
 * @param wideBar how wide the widest bar is: a small object can be lost behind it for several latent frames
 */
public record Geometry(int side, int smallRadius, int largeRadius, int narrowBar, int wideBar) {
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

    /** 64 x 64 pixels: the world of the shipped checkpoint. */
    public static final Geometry SMALL = new Geometry(64, 8, 12, 16, 32);

    /** 128 x 128 pixels: room for three objects. */
    public static final Geometry LARGE = new Geometry(128, 12, 20, 32, 64);

    /** The smallest coordinate of a centre. */
    public int near() {
        return largeRadius;
    }

    /** The largest coordinate of a centre. */
    public int far() {
        return side - near();
    }

    /** Half the side of the square that holds an object of this size. */
    public int radius(ObjectSize size) {
        return size == ObjectSize.SMALL ? smallRadius : largeRadius;
    }

    /** Bytes of one picture, 8-bit RGB. */
    public int pictureBytes() {
        return 3 * side * side;
    }
}
