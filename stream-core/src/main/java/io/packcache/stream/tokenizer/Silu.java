package io.packcache.stream.tokenizer;

/** The activation {@code x / (1 + exp(-x))}. */
final class Silu {

    private Silu() {}

    /** Applies it to every value of {@code x}; {@code y} may be {@code x}. */
    static void apply(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) (x[i] / (1 + Math.exp(-x[i])));
        }
    }
}
