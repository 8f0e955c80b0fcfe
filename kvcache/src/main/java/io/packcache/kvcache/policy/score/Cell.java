package io.packcache.kvcache.policy.score;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.Signals;
import io.packcache.kvcache.plan.Token;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * One layer and KV head as scorers see it: the tokens of some generated frames in a row, oldest frame first, by content
 * index within a frame. {@code T} below is {@link #tokens()}.
 */
public final class Cell {

    private final CacheView view;
    private final int layer;
    private final int head;
    private final int recent;
    private final int keep;
    private final List<FrameView> frames;
    private final int[][] places;
    private final int[] first;

    /**
     * @param frames frames of {@code view}, oldest first
     * @param recent how many of the newest frames stay in any case
     * @param keep how many tokens of the others stay if the budget is divided evenly; rules in two stages fill by it
     */
    public Cell(CacheView view, List<FrameView> frames, int layer, int head, int recent, int keep) {
        this.view = view;
        this.layer = layer;
        this.head = head;
        this.keep = keep;
        this.frames = List.copyOf(frames);
        this.places = frames.stream()
                .map(frame -> frame.held().at(layer, head).stream().toArray())
                .toArray(int[][]::new);
        this.first = new int[places.length + 1];
        for (int frame = 0; frame < places.length; frame++) {
            first[frame + 1] = first[frame] + places[frame].length;
        }
        this.recent = recent;
    }

    /** All cells of a view, layer by layer, heads in order. */
    public static List<Cell> all(CacheView view, List<FrameView> frames, int recent, int keep) {
        return IntStream.range(0, view.shape().cells())
                .mapToObj(cell -> new Cell(
                        view,
                        frames,
                        cell / view.shape().kvHeads(),
                        cell % view.shape().kvHeads(),
                        recent,
                        keep))
                .toList();
    }

    /** The cell of another head of the same layer. */
    public Cell sibling(int otherHead) {
        return new Cell(view, frames, layer, otherHead, recent, keep);
    }

    public int layer() {
        return layer;
    }

    public int head() {
        return head;
    }

    public CacheView view() {
        return view;
    }

    /** How many of the {@link #contested} tokens stay if the budget is divided evenly over all cells. */
    public int keep() {
        return keep;
    }

    /** The tokens from 0 to {@code contested() - 1} compete; those behind them belong to the newest frames and stay. */
    public int contested() {
        return first[frames() - recent];
    }

    /** Number of tokens, T. */
    public int tokens() {
        return first[places.length];
    }

    /** Number of frames. */
    public int frames() {
        return places.length;
    }

    /** How many of the newest frames stay in any case. */
    public int recent() {
        return recent;
    }

    /** The {@code i}-th frame, oldest first. */
    public FrameView frame(int i) {
        return frames.get(i);
    }

    /** Index of the first token of frame {@code i}; of {@code frames()}: T. */
    public int first(int i) {
        return first[i];
    }

    /** Content indices of the tokens of frame {@code i}, ascending. */
    public int[] places(int i) {
        return places[i];
    }

    /** The frame, as an index, that holds a token. */
    public int frameOf(int token) {
        int frame = 0;
        while (first[frame + 1] <= token) {
            frame++;
        }
        return frame;
    }

    /** Content index of a token. */
    public int place(int token) {
        int frame = frameOf(token);
        return places[frame][token - first[frame]];
    }

    /** Name of a token. */
    public Token name(int token) {
        return new Token(frames.get(frameOf(token)).frame(), place(token));
    }

    /** How many tokens a token stands for. */
    public float multiplicity(int token) {
        return frames.get(frameOf(token)).multiplicities().at(layer, head, place(token));
    }

    /** The tokens of frame {@code i} that are in {@code content}, as indices of this cell. */
    public IntStream tokensIn(int i, BitSet content) {
        return IntStream.range(first[i], first[i + 1]).filter(token -> content.get(places[i][token - first[i]]));
    }

    /** Un-rotated keys, shape (T, head size). */
    public float[] keys() {
        return joined(frame -> signals().keys(layer, head, frame));
    }

    /** Values, shape (T, head size). */
    public float[] values() {
        return joined(frame -> signals().values(layer, head, frame));
    }

    /** What the view can tell. */
    public Signals signals() {
        return view.signals();
    }

    /** One array of all frames' arrays, each of them asked for by frame number. */
    public float[] joined(LongFunction<float[]> byFrame) {
        float[][] parts =
                frames.stream().map(frame -> byFrame.apply(frame.frame())).toArray(float[][]::new);
        float[] all = new float
                [IntStream.range(0, parts.length).map(i -> parts[i].length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
