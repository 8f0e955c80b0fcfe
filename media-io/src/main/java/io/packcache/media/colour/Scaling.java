package io.packcache.media.colour;

/** How pictures get another size. */
public enum Scaling {
    /** The nearest pixel: hard edges stay hard, as pixel art and small models want. */
    NEAREST {
        @Override
        public Scaler between(int width, int height, int scaledWidth, int scaledHeight) {
            return new NearestScaler(width, height, scaledWidth, scaledHeight);
        }
    },
    /** Lanczos with three lobes: smooth and sharp, as photographs want. */
    LANCZOS {
        @Override
        public Scaler between(int width, int height, int scaledWidth, int scaledHeight) {
            return new LanczosScaler(width, height, scaledWidth, scaledHeight);
        }
    };

    /** A scaler from {@code width x height} to {@code scaledWidth x scaledHeight} pixels, each at least 1. */
    public abstract Scaler between(int width, int height, int scaledWidth, int scaledHeight);
}
