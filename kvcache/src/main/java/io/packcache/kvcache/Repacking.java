package io.packcache.kvcache;

import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries out a plan by which cells come to differ from each other, or rows to be stored otherwise. What is folded and
 * encoded is computed first; then cells that hold the same rows and keep the same are walked over once, and the tables follow
 * what stayed anywhere.
 */
final class Repacking {

    private static final BitSet NOTHING = new BitSet();

    private final Storage storage;
    private final TokenTable table;
    private final Compaction compaction;
    private final CompactionPlan plan;

    /** Cells that hold the same rows and keep the same content of every frame. */
    private record Alike(RowLayout layout, List<BitSet> kept) {}

    /** What stayed among the raw rows of such cells, as the table lists it. */
    private record Stayed(List<Cell> cells, BitSet tokens, int rows) {}

    Repacking(Storage storage, Compaction compaction, CompactionPlan plan) {
        this.storage = storage;
        this.table = storage.table;
        this.compaction = compaction;
        this.plan = plan;
    }

    void run() {
        List<PlannedFrame> frames = PlannedFrame.all(storage, plan);
        Folding folding = Folding.of(storage, frames);
        List<EncodedFrame> pages = new ArrayList<>();
        BitSet inPages = pages(frames, new FrameEncoder(storage, folding), pages);
        folding.writeRaw();
        List<Stayed> stayed = new ArrayList<>();
        groups(inPages).values().forEach(cells -> stayed.add(gather(cells, inPages)));
        BitSet alive = anywhere(pages);
        stayed.forEach(group -> alive.or(group.tokens()));
        relabel(stayed, alive);
        closeUp(alive);
        storage.encoded = pages;
    }

    /** Fills the pages that will be. Answers which frames of the plan have been encoded, so that nothing stays raw. */
    private BitSet pages(List<PlannedFrame> frames, FrameEncoder encoder, List<EncodedFrame> pages) {
        BitSet inPages = new BitSet();
        for (PlannedFrame frame : frames) {
            boolean encodes = encoder.encodes(frame);
            EncodedFrame stays = null;
            if (encodes) {
                inPages.set(frame.number());
                stays = encoder.encode(frame);
            } else if (frame.plan() != null && frame.pages() != null) {
                stays = encoder.select(frame);
            }
            if (stays != null) {
                pages.add(stays);
            }
        }
        return inPages;
    }

    private Map<Alike, List<Cell>> groups(BitSet inPages) {
        Map<Alike, List<Cell>> groups = new LinkedHashMap<>();
        if (storage.layouts.size() == 1
                && plan.frames().stream().allMatch(frame -> frame.kept().uniform())) {
            groups.put(alike(storage.cells[0], inPages), Arrays.asList(storage.cells));
            return groups;
        }
        for (Cell cell : storage.cells) {
            groups.computeIfAbsent(alike(cell, inPages), any -> new ArrayList<>())
                    .add(cell);
        }
        return groups;
    }

    private Alike alike(Cell cell, BitSet inPages) {
        List<BitSet> kept = new ArrayList<>();
        for (FramePlan frame : plan.frames()) {
            kept.add(inPages.get(kept.size()) ? NOTHING : frame.kept().at(cell.layer, cell.head));
        }
        return new Alike(cell.layout, kept);
    }

    /** One walk over the rows of cells that are alike, and one pass over their tensors. */
    private Stayed gather(List<Cell> cells, BitSet inPages) {
        RowLayout layout = cells.get(0).layout;
        RowGather rows = compaction.stays(plan, cells.get(0), inPages);
        storage.gather(rows, cells);
        return new Stayed(cells, tokens(rows, layout), rows.rows());
    }

    private BitSet tokens(RowGather rows, RowLayout layout) {
        BitSet tokens = new BitSet(storage.tokens);
        for (int stretch = 0; stretch < rows.stretches(); stretch++) {
            int end = rows.from(stretch) + rows.length(stretch);
            for (int row = rows.from(stretch); row < end; row++) {
                tokens.set(layout.token(row));
            }
        }
        return tokens;
    }

    /** Tokens whose content lies in a page of any cell. */
    private BitSet anywhere(List<EncodedFrame> pages) {
        BitSet tokens = new BitSet(storage.tokens);
        for (EncodedFrame page : pages) {
            BitSet content = page.content().union();
            int end = table.firstOf(page.frame() + 1, storage.tokens);
            for (int token = table.firstOf(page.frame(), storage.tokens); token < end; token++) {
                if (table.content(token) && content.get(table.place(token))) {
                    tokens.set(token);
                }
            }
        }
        return tokens;
    }

    /** Gives every group the layout of the rows that stayed; groups that are the same now share one. */
    private void relabel(List<Stayed> groups, BitSet alive) {
        List<RowLayout> layouts = new ArrayList<>();
        int tokens = alive.cardinality();
        for (Stayed group : groups) {
            RowLayout layout =
                    group.rows() == tokens ? RowLayout.whole(tokens) : RowLayout.of(ranks(group.tokens(), alive));
            RowLayout shared =
                    layouts.stream().filter(layout::sameAs).findFirst().orElse(layout);
            if (shared == layout) {
                layouts.add(layout);
            }
            group.cells().forEach(cell -> cell.layout = shared);
        }
        storage.layouts = layouts;
    }

    /** How many of the tokens that stay anywhere stand before each of {@code some} of them. */
    private static int[] ranks(BitSet some, BitSet alive) {
        int[] ranks = new int[some.cardinality()];
        int found = 0;
        int rank = 0;
        for (int token = alive.nextSetBit(0); token >= 0; token = alive.nextSetBit(token + 1)) {
            if (some.get(token)) {
                ranks[found++] = rank;
            }
            rank++;
        }
        return ranks;
    }

    private void closeUp(BitSet alive) {
        RowGather tokens = storage.backend.startGather(0);
        for (int token = alive.nextSetBit(0); token >= 0; token = alive.nextSetBit(token + 1)) {
            tokens.keep(token, RowGather.NO_TURN);
        }
        storage.closeUpTable(tokens);
    }
}
