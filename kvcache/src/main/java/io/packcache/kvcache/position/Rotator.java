package io.packcache.kvcache.position;

/** Turns single vectors to and from a position. Not thread-safe: it works in arrays of its own. */
public final class Rotator {

    private final RotaryScheme scheme;
    private final double[] angles;

    public Rotator(RotaryScheme scheme) {
        this.scheme = scheme;
        this.angles = new double[scheme.headSize() / 2];
    }

    /** Rotates the vector at {@code at} to a position. */
    public void rotate(float[] vectors, int at, TokenPosition to) {
        turn(vectors, at, to, 1);
    }

    /** Takes the rotation to a position away from the vector at {@code at}. */
    public void unrotate(float[] vectors, int at, TokenPosition from) {
        turn(vectors, at, from, -1);
    }

    private void turn(float[] vectors, int at, TokenPosition position, int direction) {
        scheme.angles(position, angles);
        for (int j = 0; j < angles.length; j++) {
            double cos = Math.cos(angles[j]);
            double sin = direction * Math.sin(angles[j]);
            double a = vectors[at + j];
            double b = vectors[at + j + angles.length];
            vectors[at + j] = (float) (a * cos - b * sin);
            vectors[at + j + angles.length] = (float) (b * cos + a * sin);
        }
    }
}
