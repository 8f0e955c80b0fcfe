package io.packcache.kvcache.compute;

/**
 * A frame whose codes masked decoding finds in steps (MaskGIT, arXiv 2202.04200), kept where the backend computes: which codes are
 * known, the token ids of the batch, and the choice of what stays need no word from the host.
 *
 * <p>A frame is {@link #begin}; then for each step {@link #choose}, the batch run as far as the logits of {@link #chosen},
 * {@link #draw} for these in portions, {@link #keep}, and {@link #settle}; then {@link #store}, the store pass, and {@link
 * #codes}. All but {@code begin}, {@code settle} and {@code codes} may be part of a {@link Backend#record recording}, which
 * serves every step with the same number of {@link #rows}. Not thread-safe.
 */
public interface MaskedFrame extends AutoCloseable {

    /**
     * Makes all codes unknown.
     *
     * @param uniforms what {@link #draw} draws with, one number in [0, 1) for each code of each step, shape (steps, codes)
     * @param noise what {@link #keep} adds to each ln p, the same shape; null for nothing
     */
    void begin(float[] uniforms, double[] noise);

    /** Token ids of the rows of the batch: of the codes as they are known, and from {@link #store} on as they are stored. */
    Indices ids();

    /**
     * Rows of each branch that the next step runs to its end: one for every unknown code, and more where the backend rather
     * repeats what it has recorded.
     */
    int rows();

    /** Finds the rows of the unknown codes, in their order. */
    void choose(int rows);

    /**
     * Rows of the batch as chosen last: {@code rows} of the guided branch, then as many of the unguided one, if there is one.
     * Where there are fewer unknown codes the last of them is repeated.
     */
    Indices chosen();

    /**
     * Draws codes as {@link Backend#sample} does.
     *
     * @param logits of the chosen rows from {@code first} on: {@code count} of the guided branch, then as many of the unguided
     *     one, if there is one
     */
    void draw(Tensor logits, int first, int count);

    /**
     * Takes drawn codes over into the known ones, all but the {@link MaskedLayout#lowest} with the smallest score {@code ln p +
     * noise}, where p counts as at least 1e-20. Equal scores at the cut all stay.
     */
    void keep();

    /**
     * Waits for the end of a step.
     *
     * @return how many codes are unknown
     * @throws ArithmeticException if logits of the step were not finite
     */
    int settle();

    /** Writes the ids of the frame as it is stored, and begins to copy its codes to the host beside what follows. */
    void store();

    /** Copies the codes, negative where unknown, as they were at the last {@link #store}; waits for that alone. */
    void codes(int[] target);

    /** Gives the memory back; closing twice does nothing. */
    @Override
    void close();
}
