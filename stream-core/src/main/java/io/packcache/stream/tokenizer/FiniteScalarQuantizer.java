package io.packcache.stream.tokenizer;

/**
 * Finite scalar quantisation (arXiv 2309.15505): each of a few channels is rounded to one of its levels, and the digits
 * together are the code. Nothing is learnt, so there is no codebook to store.
 *
 * <p>Digit k of a code counts {@code levels[0] * ... * levels[k - 1]}; its value is {@code (digit - h) / h} with
 * {@code h = levels[k] / 2}, rounded down. Immutable and thread-safe.
 */
public final class FiniteScalarQuantizer {

    /** The levels of Cosmos DV4x8x8: 64,000 codes. */
    public static final FiniteScalarQuantizer COSMOS = new FiniteScalarQuantizer(8, 8, 8, 5, 5, 5);

    /** Stretches the bound a little, so that the outermost levels are reached by finite inputs. */
    private static final double STRETCH = 1e-3;

    private final int[] levels;
    private final int size;

    /**
     * Makes a quantiser.
     *
     * @param levels levels of each channel, at least 2 each; their product must fit an int
     */
    public FiniteScalarQuantizer(int... levels) {
        if (levels.length == 0) {
            throw new IllegalArgumentException("a quantiser needs the levels of at least one channel");
        }
        long product = 1;
        for (int level : levels) {
            if (level < 2) {
                throw new IllegalArgumentException("a quantised channel has at least 2 levels, got " + level);
            }
            product *= level;
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "the product of the levels must fit an int, got at least " + product);
            }
        }
        this.levels = levels.clone();
        this.size = (int) product;
    }

    /** Channels of a code. */
    public int channels() {
        return levels.length;
    }

    /** Number of different codes. */
    public int size() {
        return size;
    }

    /**
     * Writes the values of a code, each in [-1, 1], into {@code target} from {@code offset} on.
     *
     * @throws IllegalArgumentException if there is no such code
     */
    public void values(int code, float[] target, int offset) {
        if (code < 0 || code >= size) {
            throw new IllegalArgumentException("a code is 0 to " + (size - 1) + ", got " + code);
        }
        int rest = code;
        for (int k = 0; k < levels.length; k++) {
            int half = levels[k] / 2;
            target[offset + k] = (float) (rest % levels[k] - half) / half;
            rest /= levels[k];
        }
    }

    /** The code of the unbounded channel values in {@code source} from {@code offset} on. */
    public int code(float[] source, int offset) {
        int code = 0;
        int place = 1;
        for (int k = 0; k < levels.length; k++) {
            code += digit(source[offset + k], levels[k]) * place;
            place *= levels[k];
        }
        return code;
    }

    /** Bounds a value with tanh to the range of its levels and rounds it, halves to even. */
    private static int digit(float value, int level) {
        double range = (level - 1) * (1 + STRETCH) / 2;
        double offset = level % 2 == 0 ? 0.5 : 0;
        double ratio = offset / range;
        double shift = Math.log((1 + ratio) / (1 - ratio)) / 2;
        double bounded = Math.tanh(value + shift) * range - offset;
        return (int) Math.rint(bounded) + level / 2;
    }
}
