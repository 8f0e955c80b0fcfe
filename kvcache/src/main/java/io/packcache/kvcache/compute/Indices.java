package io.packcache.kvcache.compute;

/**
 * Row numbers or token ids in the memory of the {@link Backend} that made them, for {@link Backend#embed}. Those of a {@link
 * MaskedFrame} are written where it computes; all others come from the host. Not thread-safe: one owner at a time.
 */
public interface Indices extends AutoCloseable {

    /** How many values are reserved. */
    int length();

    /** Every value is below this number: what the last {@link #write} brought, or what their frame may write. */
    int bound();

    /**
     * Makes {@code values[0]} to {@code values[count - 1]} the first ones; those behind them mean nothing afterwards.
     *
     * @throws IndexOutOfBoundsException if one is negative or there is no place for them
     */
    void write(int[] values, int count);

    /** Copies the first {@code count} values to the beginning of {@code target}; waits for the backend. */
    void read(int[] target, int count);

    /** Gives the memory back; closing twice does nothing. */
    @Override
    void close();
}
