package io.packcache.kvcache;

import io.packcache.kvcache.compute.RowGather;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.FramePlan;
import java.util.BitSet;

/**
 * Carries out plans that were checked, in place. One walk over the rows of a cell says what stays, and in one pass over its
 * tensors kept rows close up towards the front in stretches, keys of frames that move on the time axis turning on their way,
 * see {@link Repositioning}. Rows that lie where they belong and do not turn are not touched.
 *
 * <p>A plan that says the same of all cells, and nothing of how rows are stored, allocates nothing here: it closes up tables
 * and tensors by the same stretches. All others are {@linkplain Repacking repacked}.
 */
final class Compaction {

    private static final BitSet NOTHING = new BitSet();

    private final Storage storage;
    private final TokenTable table;
    private final Repositioning repositioning;

    Compaction(Storage storage) {
        this.storage = storage;
        this.table = storage.table;
        this.repositioning = new Repositioning(storage, 0);
    }

    void apply(CompactionPlan plan) {
        if (isAlikeEverywhere(plan)) {
            RowGather rows = stays(plan, storage.cells[0], NOTHING);
            storage.closeUp(rows);
        } else {
            new Repacking(storage, this, plan).run();
        }
        repositioning.relabel(plan);
    }

    private boolean isAlikeEverywhere(CompactionPlan plan) {
        boolean alike = storage.encoded.isEmpty()
                && storage.layouts.size() == 1
                && storage.layouts.get(0).isWhole();
        for (int i = 0; alike && i < plan.frames().size(); i++) {
            FramePlan frame = plan.frames().get(i);
            alike = frame.kept().uniform()
                    && frame.encoding().raw()
                    && frame.folds().isEmpty();
        }
        return alike;
    }

    /**
     * One walk over the rows of a cell. What it returns serves until the next walk.
     *
     * @param inPages frames of the plan, by number in it, whose content does not stay among the raw rows
     */
    RowGather stays(CompactionPlan plan, Cell cell, BitSet inPages) {
        RowGather rows = repositioning.start();
        int text = table.firstOf(0, storage.tokens);
        int kept = Math.min(text, plan.textQuota());
        for (int ordinal = 0; ordinal < kept; ordinal++) {
            rows.keep(TextThinning.token(ordinal, text, kept), RowGather.NO_TURN);
        }
        for (int i = 0; i < plan.frames().size(); i++) {
            FramePlan frame = plan.frames().get(i);
            stays(frame, cell.layout, inPages.get(i) ? NOTHING : frame.kept().at(cell.layer, cell.head), rows);
        }
        return rows;
    }

    private void stays(FramePlan frame, RowLayout layout, BitSet kept, RowGather rows) {
        int end = layout.rowAtOrAfter(table.firstOf(frame.frame() + 1, storage.tokens));
        for (int row = layout.rowAtOrAfter(table.firstOf(frame.frame(), storage.tokens)); row < end; row++) {
            int token = layout.token(row);
            if (!table.content(token) || kept.get(table.place(token))) {
                rows.keep(row, repositioning.turn(token, frame.slot(), rows));
            }
        }
    }
}
