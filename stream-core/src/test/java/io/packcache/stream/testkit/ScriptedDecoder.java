package io.packcache.stream.testkit;

import io.packcache.kvcache.CacheShape;
import io.packcache.kvcache.FrameGrid;
import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.stream.frame.PromptMode;
import io.packcache.stream.model.Clip;
import io.packcache.stream.model.DecoderSnapshot;
import io.packcache.stream.model.FrameDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A decoder whose cache is a table of names; it refuses calls out of order. */
final class ScriptedDecoder implements FrameDecoder {

    private static final int BYTES_PER_TOKEN = 64;
    private static final long NONE = -1;

    private final ScriptedModel script;
    private final Clip clip;
    private int[] text;
    private final FrameGrid grid;
    private final Map<Long, BitSet> held = new TreeMap<>();
    private boolean prefilled;
    private boolean closed;
    private long begun = NONE;
    private int stepsDone;

    ScriptedDecoder(ScriptedModel script, Clip clip) {
        this.script = script;
        this.clip = clip;
        this.text = clip.text();
        this.grid = new FrameGrid(clip.rows(), clip.columns(), 3, 1);
    }

    @Override
    public void prefill() {
        require(!prefilled, "prefill twice");
        prefilled = true;
        for (int i = 0; i < clip.condition().size(); i++) {
            append(i);
        }
    }

    @Override
    public void begin(long frame) {
        require(prefilled && begun == NONE, "begin " + frame + " out of order");
        begun = frame;
        stepsDone = 0;
    }

    @Override
    public int steps() {
        return clip.sampling().steps();
    }

    @Override
    public void step(int step) {
        require(begun != NONE && step == stepsDone, "step " + step + " out of order");
        script.hook.before(begun, step);
        script.stepsRun.incrementAndGet();
        stepsDone++;
    }

    @Override
    public int[] codes() {
        require(begun != NONE && stepsDone == steps(), "codes after " + stepsDone + " steps");
        long state = clip.seed() * 31 + begun * 1_000_003 + held.hashCode() + Arrays.hashCode(text);
        return new SplittableRandom(state).ints(grid.codes(), 0, 256).toArray();
    }

    @Override
    public int[] commit() {
        int[] codes = codes();
        script.store.run();
        if (script.commitFailure != null) {
            throw script.commitFailure;
        }
        append(begun);
        begun = NONE;
        return codes;
    }

    private void append(long frame) {
        BitSet all = new BitSet();
        all.set(0, grid.contentLength());
        held.put(frame, all);
    }

    @Override
    public void rollback() {
        begun = NONE;
    }

    @Override
    public CacheView view() {
        require(begun == NONE, "view while frame " + begun + " is begun");
        List<FrameView> frames = new ArrayList<>();
        held.forEach((frame, kept) -> frames.add(
                new FrameView(frame, frame, frame < clip.condition().size(), (BitSet) kept.clone(), new BitSet())));
        return new CacheView(grid, new CacheShape(1, 1, 2), text.length, frames, 1);
    }

    @Override
    public void apply(CompactionPlan plan) {
        require(begun == NONE, "compaction while frame " + begun + " is begun");
        Map<Long, BitSet> kept = new TreeMap<>();
        for (FramePlan frame : plan.frames()) {
            if (!held.containsKey(frame.frame())) {
                throw new IllegalArgumentException("frame " + frame.frame() + " is not held");
            }
            kept.put(frame.frame(), frame.kept().union());
        }
        held.clear();
        if (script.compactionFailure != null) {
            throw script.compactionFailure;
        }
        held.putAll(kept);
    }

    @Override
    public void switchText(int[] other, PromptMode mode) {
        require(begun == NONE, "switch while frame " + begun + " is begun");
        if (script.switchFailure != null) {
            throw script.switchFailure;
        }
        text = other;
        if (mode == PromptMode.RESET) {
            held.clear();
        }
    }

    @Override
    public DecoderSnapshot snapshot(DecoderSnapshot reuse) {
        require(begun == NONE, "snapshot while frame " + begun + " is begun");
        Map<Long, int[]> kept = new TreeMap<>();
        held.forEach((frame, tokens) -> kept.put(frame, tokens.stream().toArray()));
        return new DecoderSnapshot(List.of(), text, kept, 0);
    }

    @Override
    public void restore(DecoderSnapshot snapshot) {
        require(begun == NONE, "restore while frame " + begun + " is begun");
        prefilled = true;
        text = snapshot.text();
        held.clear();
        snapshot.codes().forEach((frame, tokens) -> {
            BitSet kept = new BitSet();
            Arrays.stream(tokens).forEach(kept::set);
            held.put(frame, kept);
        });
    }

    @Override
    public long cachedTokens() {
        long content = held.values().stream().mapToLong(BitSet::cardinality).sum();
        return text.length + content + (long) held.size() * grid.markers();
    }

    @Override
    public long residentBytes() {
        return cachedTokens() * BYTES_PER_TOKEN;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            script.openDecoders.decrementAndGet();
            if (script.closeFailure != null) {
                throw script.closeFailure.get();
            }
        }
    }

    private void require(boolean holds, String otherwise) {
        if (closed || !holds) {
            throw new IllegalStateException(closed ? "used after close: " + otherwise : otherwise);
        }
    }
}
