package io.packcache.stream.model;

/**
 * The ids that give a sequence its structure.
 *
 * @param bos begins the prompt
 * @param separator ends the prompt text
 * @param newLine ends a row of codes
 * @param sizeZero number 0; number n (grid sizes, seconds, pictures a second) is {@code sizeZero + n}
 * @param mask stands for a code that is not known
 * @param videoStart begins the clip; the unguided sequence starts here
 * @param videoEnd ends the clip
 * @param imageStart begins a frame
 * @param imageEnd ends a frame
 * @param codeOffset id of code 0
 * @param codeCount number of codes; their ids are consecutive
 */
public record SpecialTokens(
        int bos,
        int separator,
        int newLine,
        int sizeZero,
        int mask,
        int videoStart,
        int videoEnd,
        int imageStart,
        int imageEnd,
        int codeOffset,
        int codeCount) {

    /** The ids of the published Lumos-1 checkpoints. */
    public static final SpecialTokens LUMOS =
            new SpecialTokens(0, 8710, 8803, 8804, 9003, 9004, 9005, 8197, 8196, 65536, 64000);

    /** Whether {@code id} is a picture code. */
    public boolean isCode(int id) {
        return id >= codeOffset && id < codeOffset + codeCount;
    }

    /** The id of a code; MASK for a negative one. */
    int code(int code) {
        return code < 0 ? mask : codeOffset + code;
    }

    /**
     * The id of a number.
     *
     * @throws IllegalArgumentException if the vocabulary has no token for it
     */
    int number(int n) {
        int most = firstIdAfterNumbers() - 1 - sizeZero;
        if (n < 0 || n > most) {
            throw new IllegalArgumentException("the model has tokens for the numbers 0 to " + most + ", not for " + n);
        }
        return sizeZero + n;
    }

    /** The largest id in use. */
    int largest() {
        int largest = codeOffset + codeCount - 1;
        for (int id : ids()) {
            largest = Math.max(largest, id);
        }
        return largest;
    }

    private int firstIdAfterNumbers() {
        int next = Integer.MAX_VALUE;
        for (int id : ids()) {
            next = id > sizeZero ? Math.min(next, id) : next;
        }
        return next;
    }

    private int[] ids() {
        return new int[] {
            bos, separator, newLine, sizeZero, mask, videoStart, videoEnd, imageStart, imageEnd, codeOffset
        };
    }
}
