package io.packcache.kvcache.policy;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.FrameView;

/**
 * How many content tokens all generated frames may keep together. Anchors and frame markers are not counted.
 *
 * <p>A frame-equivalent is the content of one whole frame.
 */
public sealed interface HistoryBudget {

    /** One frame-equivalent if history is stored masked and masked entries are dropped, two otherwise. */
    record Auto() implements HistoryBudget {}

    /**
     * A number of frame-equivalents.
     *
     * @param frames above 0, finite
     */
    record Frames(double frames) implements HistoryBudget {
        public Frames {
            Limits.require(frames > 0 && frames < Double.POSITIVE_INFINITY, "historyBudget", frames, "above 0 frames");
        }
    }

    /**
     * A number of tokens.
     *
     * @param tokens at least 1
     */
    record Tokens(long tokens) implements HistoryBudget {
        public Tokens {
            Limits.require(tokens >= 1, "historyBudget", tokens, "at least 1 token");
        }
    }

    /**
     * A number of bytes of one branch, keys and values of all layers and heads together.
     *
     * @param bytes at least 1; less than one token is worth still keeps one token
     */
    record Bytes(long bytes) implements HistoryBudget {
        public Bytes {
            Limits.require(bytes >= 1, "historyBudget", bytes, "at least 1 byte");
        }
    }

    /** The budget in tokens for this cache, at least 1. */
    default long tokens(CacheView view, boolean dropMasked) {
        if (this instanceof Tokens fixed) {
            return fixed.tokens();
        }
        if (this instanceof Bytes fixed) {
            return Math.max(1, fixed.bytes() / view.bytesPerToken());
        }
        double frames = this instanceof Frames fixed ? fixed.frames() : dropMasked && storedMasked(view) ? 1 : 2;
        return Math.max(1, Math.round(frames * view.grid().contentLength()));
    }

    private static boolean storedMasked(CacheView view) {
        return view.frames().stream()
                .filter(frame -> !frame.condition())
                .map(FrameView::masked)
                .anyMatch(masked -> !masked.isEmpty());
    }
}
