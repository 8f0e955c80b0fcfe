package io.packcache.kvcache;

import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.TokenPosition;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Says of each cache row which token lies there: parallel arrays, one entry per row, so that a full table costs
 * {@link #BYTES_PER_TOKEN} a token and nothing is allocated while tokens come and go.
 *
 * <p>Rows are in sequence order: text first, then frames in time order, each frame in one stretch.
 */
public final class TokenTable {

    /** Bytes one row takes in all arrays together. */
    public static final int BYTES_PER_TOKEN = 3 * Byte.BYTES + 2 * Long.BYTES + 5 * Integer.BYTES;

    private static final TokenRole[] ROLES = TokenRole.values();

    private byte[] role = {};
    private boolean[] masked = {};
    private boolean[] visual = {};
    private long[] frame = {};
    private long[] slot = {};
    private int[] place = {};
    private int[] index = {};
    private int[] t = {};
    private int[] h = {};
    private int[] w = {};

    TokenTable() {}

    /** What the token is. */
    public TokenRole role(int row) {
        return ROLES[role[row]];
    }

    /** Number of the token's latent frame in the session; -1 for text. */
    public long frame(int row) {
        return frame[row];
    }

    /** Place of the token's frame on the time axis of positions; -1 for text. */
    public long slot(int row) {
        return slot[row];
    }

    /** Content index of a content token (see {@link FrameGrid}), ordinal of a frame marker, -1 for text. */
    public int place(int row) {
        return place[row];
    }

    /** Whether the token was stored as MASK. */
    public boolean masked(int row) {
        return masked[row];
    }

    /** Where the token's key stands now. */
    public TokenPosition position(int row) {
        return new TokenPosition(visual[row], index[row], t[row], h[row], w[row]);
    }

    /** Whether the token rotates by time, height and width. */
    boolean visual(int row) {
        return visual[row];
    }

    /** Where it stands in time, if it is {@link #visual}. */
    int t(int row) {
        return t[row];
    }

    /** Bytes of all arrays, exactly; array headers are not counted. */
    public long bytes() {
        return (long) role.length * BYTES_PER_TOKEN;
    }

    /** The first of the {@code tokens} entries in use that is of this frame or of a later one. */
    int firstOf(long wanted, int tokens) {
        int low = 0;
        int high = tokens;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (frame[middle] < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Whether the entry is content of a frame: a code or a row end. */
    boolean content(int row) {
        return ROLES[role[row]] == TokenRole.FRAME || ROLES[role[row]] == TokenRole.CONDITION;
    }

    /** Rows there is memory for. */
    int capacity() {
        return role.length;
    }

    void reserve(int capacity) {
        if (capacity == role.length) {
            return;
        }
        role = Arrays.copyOf(role, capacity);
        masked = Arrays.copyOf(masked, capacity);
        visual = Arrays.copyOf(visual, capacity);
        frame = Arrays.copyOf(frame, capacity);
        slot = Arrays.copyOf(slot, capacity);
        place = Arrays.copyOf(place, capacity);
        index = Arrays.copyOf(index, capacity);
        t = Arrays.copyOf(t, capacity);
        h = Arrays.copyOf(h, capacity);
        w = Arrays.copyOf(w, capacity);
    }

    // The ordinal never leaves this table: it is the role packed into one byte.
    @SuppressWarnings("EnumOrdinal")
    void set(int row, TokenInfo token, int tokenPlace, long tokenSlot) {
        role[row] = (byte) token.role().ordinal();
        masked[row] = token.masked();
        frame[row] = token.frame();
        place[row] = tokenPlace;
        reposition(row, tokenSlot, token.position());
    }

    void reposition(int row, long newSlot, TokenPosition position) {
        slot[row] = newSlot;
        visual[row] = position.visual();
        index[row] = position.index();
        t[row] = position.t();
        h[row] = position.h();
        w[row] = position.w();
    }

    /**
     * Moves the entries {@code first .. end - 1} of one frame, as {@link PositionStride#moved} and {@link
     * TokenPosition#shifted} say, and allocates nothing.
     *
     * @param shift on every axis
     */
    void reposition(int first, int end, long newSlot, PositionStride stride, int shift) {
        for (int row = first; row < end; row++) {
            int slots = Math.toIntExact(newSlot - slot[row]);
            slot[row] = newSlot;
            index[row] = moved(index[row], stride.index(), slots, shift);
            if (visual[row]) {
                t[row] = moved(t[row], stride.time(), slots, shift);
                h[row] = Math.addExact(h[row], shift);
                w[row] = Math.addExact(w[row], shift);
            }
        }
    }

    private static int moved(int coordinate, int step, int slots, int shift) {
        return Math.toIntExact((long) coordinate + (long) step * slots + shift);
    }

    /** Takes over the first {@code tokens} entries of another table. */
    void copy(TokenTable source, int tokens) {
        copy(source, 0, 0, tokens);
    }

    /** Takes over {@code count} entries of another table, from {@code from} there to {@code to} here. */
    void copy(TokenTable source, int from, int to, int count) {
        if (capacity() < to + count) {
            reserve(to + count);
        }
        System.arraycopy(source.role, from, role, to, count);
        System.arraycopy(source.masked, from, masked, to, count);
        System.arraycopy(source.visual, from, visual, to, count);
        System.arraycopy(source.frame, from, frame, to, count);
        System.arraycopy(source.slot, from, slot, to, count);
        System.arraycopy(source.place, from, place, to, count);
        System.arraycopy(source.index, from, index, to, count);
        System.arraycopy(source.t, from, t, to, count);
        System.arraycopy(source.h, from, h, to, count);
        System.arraycopy(source.w, from, w, to, count);
    }

    /** The first {@code tokens} entries as named buffers. */
    Map<String, Buffer> arrays(int tokens) {
        byte[] flags = new byte[tokens];
        for (int i = 0; i < tokens; i++) {
            flags[i] = (byte) ((masked[i] ? 1 : 0) | (visual[i] ? 2 : 0));
        }
        Map<String, Buffer> arrays = new LinkedHashMap<>();
        arrays.put("table.role", ByteBuffer.wrap(role, 0, tokens));
        arrays.put("table.flags", ByteBuffer.wrap(flags));
        arrays.put("table.frame", LongBuffer.wrap(frame, 0, tokens));
        arrays.put("table.slot", LongBuffer.wrap(slot, 0, tokens));
        arrays.put("table.place", IntBuffer.wrap(place, 0, tokens));
        arrays.put("table.index", IntBuffer.wrap(index, 0, tokens));
        arrays.put("table.t", IntBuffer.wrap(t, 0, tokens));
        arrays.put("table.h", IntBuffer.wrap(h, 0, tokens));
        arrays.put("table.w", IntBuffer.wrap(w, 0, tokens));
        return arrays;
    }

    /**
     * Takes over entries that {@link #arrays} gave.
     *
     * @throws IllegalArgumentException if an array is missing, or has another length, or says what no table can
     */
    void read(Map<String, Buffer> arrays, int tokens) {
        Map<String, Buffer> own = arrays(0);
        own.forEach((name, like) -> {
            Buffer found = arrays.get(name);
            boolean fits = like instanceof ByteBuffer
                    ? found instanceof ByteBuffer
                    : like instanceof LongBuffer ? found instanceof LongBuffer : found instanceof IntBuffer;
            if (!fits || found.remaining() != tokens) {
                throw new IllegalArgumentException(name + " does not hold the " + tokens + " entries of the table");
            }
        });
        reserve(tokens);
        ByteBuffer flags = ((ByteBuffer) arrays.get("table.flags")).duplicate();
        ((ByteBuffer) arrays.get("table.role")).duplicate().get(role);
        ((LongBuffer) arrays.get("table.frame")).duplicate().get(frame);
        ((LongBuffer) arrays.get("table.slot")).duplicate().get(slot);
        ((IntBuffer) arrays.get("table.place")).duplicate().get(place);
        ((IntBuffer) arrays.get("table.index")).duplicate().get(index);
        ((IntBuffer) arrays.get("table.t")).duplicate().get(t);
        ((IntBuffer) arrays.get("table.h")).duplicate().get(h);
        ((IntBuffer) arrays.get("table.w")).duplicate().get(w);
        for (int i = 0; i < tokens; i++) {
            if (role[i] < 0 || role[i] >= ROLES.length) {
                throw new IllegalArgumentException("token " + i + " of the table has the unknown role " + role[i]);
            }
            byte flag = flags.get();
            masked[i] = (flag & 1) != 0;
            visual[i] = (flag & 2) != 0;
        }
    }

    /** Closes up the entries that stay. */
    void move(RowGather rows) {
        for (int stretch = 0; stretch < rows.stretches(); stretch++) {
            if (rows.from(stretch) != rows.to(stretch)) {
                move(rows.from(stretch), rows.to(stretch), rows.length(stretch));
            }
        }
    }

    void move(int from, int to, int count) {
        System.arraycopy(role, from, role, to, count);
        System.arraycopy(masked, from, masked, to, count);
        System.arraycopy(visual, from, visual, to, count);
        System.arraycopy(frame, from, frame, to, count);
        System.arraycopy(slot, from, slot, to, count);
        System.arraycopy(place, from, place, to, count);
        System.arraycopy(index, from, index, to, count);
        System.arraycopy(t, from, t, to, count);
        System.arraycopy(h, from, h, to, count);
        System.arraycopy(w, from, w, to, count);
    }
}
