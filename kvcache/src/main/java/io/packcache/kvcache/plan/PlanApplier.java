package io.packcache.kvcache.plan;

import io.packcache.kvcache.KvCache;
import io.packcache.kvcache.TokenRole;
import io.packcache.kvcache.TokenTable;
import io.packcache.kvcache.position.PositionStride;
import io.packcache.kvcache.position.RotaryScheme;
import io.packcache.kvcache.position.TokenPosition;
import java.util.Arrays;
import java.util.List;

/**
 * Carries out a plan on one cache, in place: kept rows close up towards the front in runs, rows that lie where they
 * belong are not copied, and keys of frames that move on the time axis are turned by the exact difference between their
 * stored position and the new one.
 *
 * <p>The plan is checked as a whole first; a refused plan leaves the cache as it was.
 */
public final class PlanApplier {

    private final CompactionPlan plan;
    private final KvCache cache;
    private final TokenTable table;
    private final RotaryScheme scheme;
    private final PositionStride stride;

    private PlanApplier(CompactionPlan plan, KvCache cache) {
        this.plan = plan;
        this.cache = cache;
        this.table = cache.table();
        this.scheme = cache.positions().scheme();
        this.stride = cache.positions().stride();
    }

    /**
     * Applies {@code plan} to {@code cache}.
     *
     * @throws InvalidPlanException if the plan names what the cache does not hold, is out of order, or empties a
     *     conditioning frame
     * @throws IllegalStateException if tokens are staged
     */
    public static void apply(CompactionPlan plan, KvCache cache) {
        if (cache.staged() > 0) {
            throw new IllegalStateException("a plan cannot be applied while " + cache.staged()
                    + " tokens are staged; commit or roll back first");
        }
        CacheView view = cache.view();
        PlanCheck.check(plan, view);
        PlanApplier applier = new PlanApplier(plan, cache);
        applier.pack(new TextThinning(view.textTokens(), plan.textQuota()));
        applier.reposition();
    }

    /** One walk over the held rows; adjacent kept rows move together. */
    private void pack(TextThinning text) {
        int source = 0;
        int target = 0;
        int length = 0;
        int framePlan = 0;
        for (int row = 0; row < cache.size(); row++) {
            framePlan = advance(framePlan, table.frame(row));
            boolean stays = table.role(row) == TokenRole.TEXT ? text.keepsNext() : keeps(framePlan, row);
            if (!stays) {
                continue;
            }
            if (row != source + length) {
                move(source, target, length);
                target += length;
                source = row;
                length = 0;
            }
            length++;
        }
        move(source, target, length);
        cache.truncate(target + length, plan.nextSlot());
    }

    private void move(int source, int target, int length) {
        if (source != target && length > 0) {
            cache.moveRows(source, target, length);
        }
    }

    /** Index of the first frame plan, from {@code from} on, that is not older than {@code frame}. */
    private int advance(int from, long frame) {
        List<FramePlan> frames = plan.frames();
        int next = from;
        while (next < frames.size() && frames.get(next).frame() < frame) {
            next++;
        }
        return next;
    }

    private boolean keeps(int framePlan, int row) {
        if (framePlan == plan.frames().size() || plan.frames().get(framePlan).frame() != table.frame(row)) {
            return false;
        }
        return table.role(row) == TokenRole.FRAME_MARKER
                || plan.frames().get(framePlan).kept().union().get(table.place(row));
    }

    /** One walk over the packed rows; adjacent rows that turn by the same angles turn together. */
    private void reposition() {
        Turn run = new Turn(scheme);
        Turn turn = new Turn(scheme);
        int first = 0;
        int framePlan = 0;
        for (int row = 0; row < cache.size(); row++) {
            framePlan = advance(framePlan, table.frame(row));
            boolean text = table.role(row) == TokenRole.TEXT;
            long slot = text ? table.slot(row) : plan.frames().get(framePlan).slot();
            if (slot == table.slot(row)) {
                turn.stay();
            } else {
                TokenPosition from = table.position(row);
                TokenPosition to = stride.moved(from, slot - table.slot(row));
                turn.between(from, to);
                cache.reposition(row, slot, to);
            }
            if (!run.sameAs(turn)) {
                run.turnKeys(cache, first, row - first);
                first = row;
                Turn swap = run;
                run = turn;
                turn = swap;
            }
        }
        run.turnKeys(cache, first, cache.size() - first);
    }

    /** The angles from one position to another. */
    private static final class Turn {

        private final RotaryScheme scheme;
        private final double[] angles;
        private final double[] start;

        Turn(RotaryScheme scheme) {
            this.scheme = scheme;
            this.angles = new double[scheme.headSize() / 2];
            this.start = new double[angles.length];
        }

        void stay() {
            Arrays.fill(angles, 0);
        }

        void between(TokenPosition from, TokenPosition to) {
            scheme.angles(from, start);
            scheme.angles(to, angles);
            for (int pair = 0; pair < angles.length; pair++) {
                angles[pair] -= start[pair];
            }
        }

        boolean sameAs(Turn other) {
            return Arrays.equals(angles, other.angles);
        }

        void turnKeys(KvCache cache, int firstRow, int count) {
            boolean stays = Arrays.stream(angles).allMatch(angle -> angle == 0);
            if (count > 0 && !stays) {
                double[] cos = Arrays.stream(angles).map(Math::cos).toArray();
                double[] sin = Arrays.stream(angles).map(Math::sin).toArray();
                cache.rotateKeys(firstRow, count, cos, sin);
            }
        }
    }
}
