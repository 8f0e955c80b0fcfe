package io.packcache.kvcache;

import io.packcache.kvcache.compute.Tensor;
import io.packcache.kvcache.plan.CompactionPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Carries out a plan that was checked, in place. What is folded and encoded is computed first; then kept rows close up
 * towards the front in runs, rows that lie where they belong are not copied; then keys of frames that move on the time axis
 * are turned, see {@link Repositioning}.
 *
 * <p>Cells that hold the same rows and keep the same are walked over once.
 */
final class Compaction {

    private static final BitSet NOTHING = new BitSet();

    private final Storage storage;
    private final TokenTable table;
    private final CompactionPlan plan;
    private final List<PlannedFrame> frames;

    /** Cells that hold the same rows and keep the same content of every frame. */
    private record Alike(RowLayout layout, List<BitSet> kept) {}

    private Compaction(Storage storage, CompactionPlan plan) {
        this.storage = storage;
        this.table = storage.table;
        this.plan = plan;
        this.frames = PlannedFrame.all(storage, plan);
    }

    static void apply(CompactionPlan plan, Storage storage) {
        Compaction compaction = new Compaction(storage, plan);
        compaction.pack();
        Repositioning.apply(plan, storage);
    }

    private void pack() {
        Folding folding = Folding.of(storage, frames);
        List<EncodedFrame> pages = new ArrayList<>();
        boolean[] raw = pages(new FrameEncoder(storage, folding), pages);
        folding.writeRaw();
        Map<Alike, List<Cell>> groups = groups(raw);
        Map<Alike, Runs> runs = new HashMap<>();
        groups.forEach((group, cells) -> runs.put(group, runs(group)));
        Runs tokens = runs.size() == 1 && storage.layouts.get(0).isWhole() && pages.isEmpty()
                ? runs.values().iterator().next()
                : tokens(runs, pages);
        groups.forEach((group, cells) -> move(runs.get(group), cells));
        relabel(groups, runs, tokens);
        tokens.move(table);
        tokens.move(storage.tokenNotes);
        storage.tokens = tokens.kept();
        storage.encoded = pages;
    }

    /** Fills the pages that will be, and says of each frame whether its content stays among the raw rows. */
    private boolean[] pages(FrameEncoder encoder, List<EncodedFrame> pages) {
        boolean[] raw = new boolean[frames.size()];
        for (int i = 0; i < raw.length; i++) {
            PlannedFrame frame = frames.get(i);
            boolean encodes = encoder.encodes(frame);
            raw[i] = !encodes && frame.plan() != null;
            EncodedFrame stays = null;
            if (encodes) {
                stays = encoder.encode(frame);
            } else if (frame.plan() != null && frame.pages() != null) {
                stays = encoder.select(frame);
            }
            if (stays != null) {
                pages.add(stays);
            }
        }
        return raw;
    }

    private Map<Alike, List<Cell>> groups(boolean[] raw) {
        Map<Alike, List<Cell>> groups = new LinkedHashMap<>();
        if (storage.layouts.size() == 1 && frames.stream().allMatch(Compaction::uniform)) {
            groups.put(alike(storage.cells[0], raw), Arrays.asList(storage.cells));
            return groups;
        }
        for (Cell cell : storage.cells) {
            groups.computeIfAbsent(alike(cell, raw), any -> new ArrayList<>()).add(cell);
        }
        return groups;
    }

    private static boolean uniform(PlannedFrame frame) {
        return frame.plan() == null || frame.plan().kept().uniform();
    }

    private Alike alike(Cell cell, boolean[] raw) {
        List<BitSet> kept = new ArrayList<>(raw.length);
        for (int i = 0; i < raw.length; i++) {
            kept.add(raw[i] ? frames.get(i).plan().kept().at(cell.layer, cell.head) : NOTHING);
        }
        return new Alike(cell.layout, kept);
    }

    /** One walk over the rows of a group. */
    private Runs runs(Alike group) {
        Runs runs = new Runs();
        RowLayout layout = group.layout();
        int text = table.firstOf(0, storage.tokens);
        TextThinning thinning = new TextThinning(text, plan.textQuota());
        for (int row = 0; row < text; row++) {
            if (thinning.keepsNext()) {
                runs.keep(row);
            }
        }
        for (int i = 0; i < frames.size(); i++) {
            PlannedFrame frame = frames.get(i);
            int end = frame.plan() == null ? 0 : layout.rowAtOrAfter(frame.end());
            for (int row = layout.rowAtOrAfter(frame.first()); row < end; row++) {
                int token = layout.token(row);
                if (!table.content(token) || group.kept().get(i).get(table.place(token))) {
                    runs.keep(row);
                }
            }
        }
        return runs;
    }

    /** The tokens that stay anywhere. */
    private Runs tokens(Map<Alike, Runs> runs, List<EncodedFrame> pages) {
        BitSet alive = new BitSet(storage.tokens);
        runs.forEach((group, kept) -> {
            for (int row : kept.toArray()) {
                alive.set(group.layout().token(row));
            }
        });
        for (EncodedFrame page : pages) {
            BitSet content = page.content().union();
            int end = table.firstOf(page.frame() + 1, storage.tokens);
            for (int token = table.firstOf(page.frame(), storage.tokens); token < end; token++) {
                if (table.content(token) && content.get(table.place(token))) {
                    alive.set(token);
                }
            }
        }
        Runs tokens = new Runs();
        alive.stream().forEach(tokens::keep);
        return tokens;
    }

    private void move(Runs runs, List<Cell> cells) {
        Tensor[] tensors = cells.stream()
                .filter(cell -> cell.keys != null)
                .flatMap(cell -> Stream.of(cell.keys, cell.values))
                .toArray(Tensor[]::new);
        runs.move(storage.backend, tensors);
        cells.forEach(cell -> runs.move(cell.notes));
    }

    /** Gives every group the layout of the rows that stayed; groups that are the same now share one. */
    private void relabel(Map<Alike, List<Cell>> groups, Map<Alike, Runs> runs, Runs tokens) {
        List<RowLayout> layouts = new ArrayList<>();
        boolean everywhere = runs.values().stream().allMatch(kept -> kept.kept() == tokens.kept());
        int[] stayed = everywhere ? new int[0] : tokens.toArray();
        groups.forEach((group, cells) -> {
            Runs kept = runs.get(group);
            RowLayout layout = kept.kept() == tokens.kept()
                    ? RowLayout.whole(tokens.kept())
                    : RowLayout.of(Arrays.stream(kept.toArray())
                            .map(row ->
                                    Arrays.binarySearch(stayed, group.layout().token(row)))
                            .toArray());
            RowLayout shared =
                    layouts.stream().filter(layout::sameAs).findFirst().orElse(layout);
            if (shared == layout) {
                layouts.add(layout);
            }
            cells.forEach(cell -> cell.layout = shared);
        });
        storage.layouts = layouts;
    }
}
