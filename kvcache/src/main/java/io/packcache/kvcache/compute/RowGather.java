package io.packcache.kvcache.compute;

import java.util.Arrays;

/**
 * Which rows of a tensor stay: they close up towards the front, stretch by stretch of adjacent ones, in ascending order. The
 * rows of a stretch may turn on their way, all by the same angles.
 *
 * <p>Filled again and again, so it stops allocating once it has been as large as it gets. See {@link Backend#startGather}.
 */
public final class RowGather {

    /** The turn of rows that do not turn. */
    public static final int NO_TURN = -1;

    private int[] from = {}; // by stretch
    private int[] to = {};
    private int[] length = {};
    private int[] turn = {};
    private double[] cos = {}; // turns x pairs
    private double[] sin = {};
    private int pairs;
    private int turns;
    private int stretches;
    private int rows;

    /** An empty one, turns being of so many channel pairs. */
    public RowGather(int pairs) {
        start(pairs);
    }

    /** Forgets all; turns are of {@code newPairs} channel pairs from now on. */
    public final void start(int newPairs) {
        pairs = newPairs;
        turns = 0;
        stretches = 0;
        rows = 0;
    }

    /**
     * Adds a turn.
     *
     * @param angles in radians, one for each channel pair (j, j + d/2)
     * @return its number
     */
    public int addTurn(double[] angles) {
        int at = turns * pairs;
        if (at + pairs > cos.length) {
            cos = Arrays.copyOf(cos, Math.max(at + pairs, 2 * cos.length));
            sin = Arrays.copyOf(sin, cos.length);
        }
        for (int pair = 0; pair < pairs; pair++) {
            cos[at + pair] = Math.cos(angles[pair]);
            sin[at + pair] = Math.sin(angles[pair]);
        }
        return turns++;
    }

    /**
     * The row stays, as the next one.
     *
     * @param row behind all that stayed before
     * @param withTurn the number of its turn, or {@link #NO_TURN}
     */
    public void keep(int row, int withTurn) {
        int last = stretches - 1;
        int end = last < 0 ? 0 : from[last] + length[last];
        if (row < end || withTurn >= turns) {
            throw new IllegalArgumentException("row " + row + " with turn " + withTurn + " cannot follow row "
                    + (end - 1) + "; rows ascend and there are " + turns + " turns");
        }
        if (last >= 0 && row == end && withTurn == turn[last]) {
            length[last]++;
        } else {
            add(row, withTurn);
        }
        rows++;
    }

    private void add(int row, int withTurn) {
        if (stretches == from.length) {
            int room = Math.max(64, 2 * stretches);
            from = Arrays.copyOf(from, room);
            to = Arrays.copyOf(to, room);
            length = Arrays.copyOf(length, room);
            turn = Arrays.copyOf(turn, room);
        }
        from[stretches] = row;
        to[stretches] = rows;
        length[stretches] = 1;
        turn[stretches++] = withTurn;
    }

    /** Closes all rows up first, and then turns those that turn, adjacent ones together. */
    void inTwoPasses(Backend backend, Tensor[] turned, Tensor[] moved) {
        if (moves()) {
            Tensor[] all = Arrays.copyOf(turned, turned.length + moved.length);
            System.arraycopy(moved, 0, all, turned.length, moved.length);
            backend.closeUp(all, from, length, stretches);
        }
        for (int first = 0; first < stretches; ) {
            int end = first + 1;
            while (end < stretches && turn[end] == turn[first]) {
                end++;
            }
            if (turn[first] != NO_TURN) {
                int angle = turn[first] * pairs;
                double[] cosines = Arrays.copyOfRange(cos, angle, angle + pairs);
                double[] sines = Arrays.copyOfRange(sin, angle, angle + pairs);
                int count = to[end - 1] + length[end - 1] - to[first];
                for (Tensor tensor : turned) {
                    backend.rotateRows(tensor, to[first], count, cosines, sines);
                }
            }
            first = end;
        }
    }

    private boolean moves() {
        for (int stretch = 0; stretch < stretches; stretch++) {
            if (from[stretch] != to[stretch]) {
                return true;
            }
        }
        return false;
    }

    /** Rows that stay. */
    public int rows() {
        return rows;
    }

    /** Rows that a tensor needs to have. */
    public int end() {
        return stretches == 0 ? 0 : from[stretches - 1] + length[stretches - 1];
    }

    /** Whether any row moves or turns. */
    public boolean changes() {
        for (int stretch = 0; stretch < stretches; stretch++) {
            if (turn[stretch] != NO_TURN) {
                return true;
            }
        }
        return moves();
    }

    /** Stretches of adjacent rows. */
    public int stretches() {
        return stretches;
    }

    /** Where a stretch begins. */
    public int from(int stretch) {
        return from[stretch];
    }

    /** Where it goes, never behind where it begins. */
    public int to(int stretch) {
        return to[stretch];
    }

    /** Rows of a stretch. */
    public int length(int stretch) {
        return length[stretch];
    }

    /** The number of its turn, or {@link #NO_TURN}. */
    public int turn(int stretch) {
        return turn[stretch];
    }

    /** Turns that were added. */
    public int turns() {
        return turns;
    }

    /** Channel pairs that each turn has an angle for. */
    public int pairs() {
        return pairs;
    }

    /** Cosines of all turns, shape (turns, pairs), to be read only. */
    public double[] cos() {
        return cos;
    }

    /** Sines, as {@link #cos}. */
    public double[] sin() {
        return sin;
    }
}
