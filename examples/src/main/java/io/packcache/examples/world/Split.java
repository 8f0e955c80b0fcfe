package io.packcache.examples.world;

/** Which scenes training may see: the held-out scenes share no object, start and background with it. */
public enum Split {
    TRAINING,
    HELD_OUT;

    private static final long SALT = 0x9E3779B97F4A7C15L;
    private static final int ONE_IN = 24;

    /** The split a scene belongs to, by a hash of what its first object is, where it starts and what lies behind. */
    @SuppressWarnings("EnumOrdinal") // a hash needs numbers, and these stay as they are
    public static Split of(Scene scene) {
        ObjectSpec object = scene.main();
        long key = object.colour().ordinal();
        key = key * 8 + object.shape().ordinal();
        key = key * 8 + object.size().ordinal();
        key = key * 8 + object.direction().ordinal();
        key = key * 64 + object.startX();
        key = key * 64 + object.startY();
        key = key * 8 + scene.background().hue().ordinal();
        key = key * 2 + scene.background().pattern().ordinal();
        key = key * 2 + scene.background().variant();
        return Long.remainderUnsigned(mixed(key), ONE_IN) == 0 ? HELD_OUT : TRAINING;
    }

    private static long mixed(long value) {
        long mixed = (value + SALT) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 30)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
