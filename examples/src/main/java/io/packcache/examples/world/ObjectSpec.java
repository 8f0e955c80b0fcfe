package io.packcache.examples.world;

/**
 * One moving object: what it looks like, where it starts and which way it goes.
 *
 * <p>The motion is straight at constant speed. At the end of a latent frame an axis turns round if its next step would
 * leave the field, so a bounce never falls inside a latent frame.
 */
public record ObjectSpec(Shape shape, Colour colour, ObjectSize size, Direction direction, int startX, int startY) {

    /** The centre in a picture, counted from zero. */
    public Point centre(Geometry field, int picture) {
        return new Point(along(field, startX, direction.dx(), picture), along(field, startY, direction.dy(), picture));
    }

    private static int along(Geometry field, int start, int sign, int picture) {
        int position = start;
        int heading = sign;
        int left = picture;
        while (heading != 0 && left > 0) {
            int next = position + heading * Geometry.STEP;
            if (next < field.near() || next > field.far()) {
                heading = -heading;
            }
            int pictures = Math.min(left, Geometry.PICTURES_PER_LATENT);
            position += heading * Geometry.SPEED * pictures;
            left -= pictures;
        }
        return position;
    }
}
