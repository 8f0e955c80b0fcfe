package io.packcache.kvcache;

import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.plan.CompactionPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries out a plan that was checked, in place. What is folded and encoded is computed first; then one walk over the rows
 * of a cell says what stays, and in one pass over its tensors kept rows close up towards the front in stretches, keys of
 * frames that move on the time axis turning on their way, see {@link Repositioning}. Rows that lie where they belong and do
 * not turn are not touched.
 *
 * <p>Cells that hold the same rows and keep the same are walked over once.
 */
final class Compaction {

    private static final BitSet NOTHING = new BitSet();

    private final Storage storage;
    private final TokenTable table;
    private final CompactionPlan plan;
    private final List<PlannedFrame> frames;
    private final Repositioning repositioning;

    /** Cells that hold the same rows and keep the same content of every frame. */
    private record Alike(RowLayout layout, List<BitSet> kept) {}

    /** What stayed among the raw rows of such cells, as the table lists it. */
    private record Stayed(List<Cell> cells, BitSet tokens, int rows) {}

    private Compaction(Storage storage, CompactionPlan plan) {
        this.storage = storage;
        this.table = storage.table;
        this.plan = plan;
        this.frames = PlannedFrame.all(storage, plan);
        this.repositioning = new Repositioning(storage, 0);
    }

    static void apply(CompactionPlan plan, Storage storage) {
        new Compaction(storage, plan).pack();
    }

    private void pack() {
        Folding folding = Folding.of(storage, frames);
        List<EncodedFrame> pages = new ArrayList<>();
        boolean[] raw = pages(new FrameEncoder(storage, folding), pages);
        folding.writeRaw();
        List<Stayed> stayed = new ArrayList<>();
        groups(raw).forEach((group, cells) -> stayed.add(gather(group, cells)));
        BitSet alive = inPages(pages);
        stayed.forEach(group -> alive.or(group.tokens()));
        relabel(stayed, alive);
        closeUp(alive);
        storage.encoded = pages;
        repositioning.relabel(plan);
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

    /** One walk over the rows of a group, and one pass over its tensors. */
    private Stayed gather(Alike group, List<Cell> cells) {
        RowLayout layout = group.layout();
        RowGather rows = repositioning.start();
        int text = table.firstOf(0, storage.tokens);
        TextThinning thinning = new TextThinning(text, plan.textQuota());
        for (int row = 0; row < text; row++) {
            if (thinning.keepsNext()) {
                rows.keep(row, RowGather.NO_TURN);
            }
        }
        for (int i = 0; i < frames.size(); i++) {
            PlannedFrame frame = frames.get(i);
            int end = frame.plan() == null ? 0 : layout.rowAtOrAfter(frame.end());
            for (int row = layout.rowAtOrAfter(frame.first()); row < end; row++) {
                int token = layout.token(row);
                if (!table.content(token) || group.kept().get(i).get(table.place(token))) {
                    rows.keep(row, repositioning.turn(token, frame.plan().slot(), rows));
                }
            }
        }
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
    private BitSet inPages(List<EncodedFrame> pages) {
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
        RowGather rows = repositioning.start();
        for (int token = alive.nextSetBit(0); token >= 0; token = alive.nextSetBit(token + 1)) {
            rows.keep(token, RowGather.NO_TURN);
        }
        table.move(rows);
        storage.tokenNotes.move(rows);
        storage.tokens = rows.rows();
    }
}
