package io.packcache.kvcache;

import io.packcache.kvcache.codec.LayerPairs;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Encoding;
import io.packcache.kvcache.plan.Fold;
import io.packcache.kvcache.plan.FramePlan;
import io.packcache.kvcache.plan.FrameView;
import io.packcache.kvcache.plan.InvalidPlanException;
import io.packcache.kvcache.plan.Token;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Refuses a plan that does not fit a cache, before anything is touched. What a frame holds cell by cell is only looked up
 * where a plan folds, pairs layers or takes frames back; to compare any other plan allocates nothing.
 */
final class PlanCheck {

    private final Storage storage;
    private final TokenTable table;
    private final Map<Long, FrameView> views = new HashMap<>(); // of one check, by frame
    private CompactionPlan plan;
    private Archive archive;

    PlanCheck(Storage storage) {
        this.storage = storage;
        this.table = storage.table;
    }

    /**
     * Compares a plan with what a cache holds, all of it committed.
     *
     * @param others what the archive has; null for no archive
     * @throws InvalidPlanException if the plan names what the cache does not hold, is out of order, empties a conditioning
     *     frame, folds what it should not, or archives where there is no archive
     */
    void check(CompactionPlan candidate, Archive others) {
        plan = candidate;
        archive = others;
        try {
            check();
        } finally {
            plan = null;
            archive = null;
            views.clear();
        }
    }

    private void check() {
        if (plan.textQuota() < 1) {
            throw new InvalidPlanException("a plan keeps at least 1 text token, this one keeps " + plan.textQuota());
        }
        order();
        for (int i = 0; i < plan.frames().size(); i++) {
            FramePlan frame = plan.frames().get(i);
            content(frame);
            if (!frame.folds().isEmpty()) {
                folds(frame);
            }
            pairs(frame);
        }
        conditions();
        if (!plan.archive().isEmpty()) {
            plan.archive().stream().sorted().forEach(this::archived);
        }
    }

    private void order() {
        FramePlan previous = null;
        for (int i = 0; i < plan.frames().size(); i++) {
            FramePlan frame = plan.frames().get(i);
            if (frame.slot() < 0) {
                throw new InvalidPlanException("frame " + frame.frame() + " cannot stand at slot " + frame.slot());
            }
            if (previous != null && (frame.frame() <= previous.frame() || frame.slot() <= previous.slot())) {
                throw new InvalidPlanException("frame " + frame.frame() + " at slot " + frame.slot()
                        + " cannot follow frame " + previous.frame() + " at slot " + previous.slot());
            }
            previous = frame;
        }
        if (plan.nextSlot() <= (previous == null ? -1 : previous.slot())) {
            throw new InvalidPlanException(
                    "the next frame cannot go to slot " + plan.nextSlot() + "; the newest kept frame"
                            + (previous == null ? "s end at slot -1" : " stands at slot " + previous.slot()));
        }
    }

    private void content(FramePlan frame) {
        int first = first(frame.frame());
        int end = first(frame.frame() + 1);
        boolean archived = copy(frame.frame()) != null;
        if (first == end && !archived) {
            throw new InvalidPlanException("the plan keeps frame " + frame.frame() + ", which the cache does not hold");
        }
        if (!frame.kept().fits(storage.shape)) {
            throw new InvalidPlanException("the plan selects tokens of frame " + frame.frame()
                    + " for other layers and heads than " + storage.shape + " has");
        }
        int missing = missing(frame.kept().union(), archived ? storage.grid.contentLength() : 0, first, end);
        if (missing >= 0) {
            throw new InvalidPlanException("the plan keeps token " + missing + " of frame " + frame.frame()
                    + ", which the cache does not hold");
        }
        if (isCondition(first, end) && frame.kept().isEmpty()) {
            throw new InvalidPlanException("conditioning frame " + frame.frame() + " must keep at least 1 token");
        }
    }

    /** The first content index of {@code kept}, {@code from} or higher, that no token of the frame has; -1 if all are there. */
    private int missing(BitSet kept, int from, int first, int end) {
        int token = first;
        for (int place = kept.nextSetBit(from); place >= 0; place = kept.nextSetBit(place + 1)) {
            while (token < end && (!table.content(token) || table.place(token) < place)) {
                token++;
            }
            if (token == end || table.place(token) != place) {
                return place;
            }
        }
        return -1;
    }

    private boolean isCondition(int first, int end) {
        for (int token = first; token < end; token++) {
            if (table.role(token) == TokenRole.CONDITION) {
                return true;
            }
        }
        return false;
    }

    private void conditions() {
        for (int first = first(0); first < storage.tokens; ) {
            long frame = table.frame(first);
            int end = first(frame + 1);
            if (isCondition(first, end) && plan.of(frame) == null) {
                throw new InvalidPlanException("conditioning frame " + frame + " must stay, the plan leaves it out");
            }
            first = end;
        }
    }

    private void archived(long frame) {
        if (archive == null) {
            throw new InvalidPlanException("the plan archives frame " + frame + ", and this cache has no archive");
        }
        int first = first(frame);
        int end = first(frame + 1);
        boolean condition = isCondition(first, end);
        if (condition || (first == end && copy(frame) == null)) {
            throw new InvalidPlanException("the plan archives frame " + frame + ", "
                    + (condition ? "which is a conditioning frame and always held" : "which the cache does not hold"));
        }
    }

    private void folds(FramePlan frame) {
        Set<String> targets = new HashSet<>();
        for (Fold fold : frame.folds()) {
            String where = " in layer " + fold.layer() + ", head " + fold.head();
            if (fold.layer() < 0
                    || fold.layer() >= storage.shape.layers()
                    || fold.head() < 0
                    || fold.head() >= storage.shape.kvHeads()) {
                throw new InvalidPlanException("the plan folds" + where + "; the cache has " + storage.shape);
            }
            if (held(frame.frame()) == null || comesBack(frame)) {
                throw new InvalidPlanException("the plan folds into frame " + frame.frame() + where
                        + ", which comes back from the archive; only what is held may change");
            }
            if (fold.into().frame() != frame.frame() || !isHeld(fold, fold.into()) || !isKept(fold, fold.into())) {
                throw new InvalidPlanException("the plan of frame " + frame.frame() + " folds into " + fold.into()
                        + where + ", which it does not keep");
            }
            if (!targets.add(fold.into() + where)) {
                throw new InvalidPlanException("the plan folds into " + fold.into() + " twice" + where);
            }
            for (Token from : fold.from()) {
                if (!isHeld(fold, from) || isKept(fold, from)) {
                    throw new InvalidPlanException("the plan folds " + from + " into " + fold.into() + where
                            + "; it must be held and must not be kept");
                }
            }
        }
    }

    /** Layers that share directions share tokens. */
    private void pairs(FramePlan frame) {
        LayerPairs pairs = (frame.encoding().raw() ? stored(frame.frame()) : frame.encoding()).pairs();
        if (pairs == null) {
            return;
        }
        FrameView copy = copy(frame.frame());
        FrameView before = copy == null ? held(frame.frame()) : copy;
        for (int cell = 0; cell + storage.shape.kvHeads() < storage.shape.cells(); cell++) {
            int layer = cell / storage.shape.kvHeads();
            int head = cell % storage.shape.kvHeads();
            if (pairs.leads(layer, storage.shape.layers())
                    && !stays(frame, before, layer, head).equals(stays(frame, before, layer + 1, head))) {
                throw new InvalidPlanException("the plan pairs layers " + layer + " and " + (layer + 1) + " of frame "
                        + frame.frame() + ", head " + head
                        + ", and keeps other tokens in one than in the other; layers that are paired keep the same");
            }
        }
    }

    private static BitSet stays(FramePlan plan, FrameView before, int layer, int head) {
        BitSet stays = (BitSet) plan.kept().at(layer, head).clone();
        stays.and(before.held().at(layer, head));
        return stays;
    }

    /** Whether the plan keeps anything of the frame that only the archive has. */
    private boolean comesBack(FramePlan frame) {
        FrameView copy = copy(frame.frame());
        for (int cell = 0; copy != null && cell < storage.shape.cells(); cell++) {
            int layer = cell / storage.shape.kvHeads();
            int head = cell % storage.shape.kvHeads();
            BitSet back = (BitSet) frame.kept().at(layer, head).clone();
            back.and(copy.held().at(layer, head));
            back.andNot(held(frame.frame()).held().at(layer, head));
            if (!back.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private int first(long frame) {
        return table.firstOf(frame, storage.tokens);
    }

    /** What the cache holds of the frame; null for nothing. */
    private FrameView held(long frame) {
        int first = first(frame);
        int end = first(frame + 1);
        return first == end ? null : views.computeIfAbsent(frame, number -> CacheViews.frame(storage, first, end));
    }

    /** What the archive has of the frame; null for nothing. */
    private FrameView copy(long frame) {
        Archive.Entry entry = archive == null ? null : archive.entry(frame);
        return entry == null ? null : entry.view();
    }

    /** How the content of the frame is stored now; where it is archived, how its copy is. */
    private Encoding stored(long frame) {
        FrameView copy = copy(frame);
        EncodedFrame pages = storage.encoded(frame);
        return copy != null ? copy.encoding() : pages != null ? pages.encoding() : Encoding.RAW;
    }

    private boolean isHeld(Fold fold, Token token) {
        FrameView frame = held(token.frame());
        return frame != null && frame.held().at(fold.layer(), fold.head()).get(token.place());
    }

    private boolean isKept(Fold fold, Token token) {
        FramePlan frame = plan.of(token.frame());
        return frame != null && frame.kept().at(fold.layer(), fold.head()).get(token.place());
    }
}
