package io.packcache.examples.bench;

import java.util.List;

/**
 * What a latent frame took.
 *
 * @param seconds of its steps, its store pass and its compaction
 * @param steps seconds of each step
 * @param historyTokens tokens in the caches of both branches before it
 * @param cacheBytes bytes of the caches of both branches behind it, before they were compacted
 */
record PaperFrame(double seconds, Times steps, long historyTokens, long cacheBytes) {

    static double seconds(List<PaperFrame> frames) {
        return frames.stream().mapToDouble(PaperFrame::seconds).sum();
    }

    static double mostBytes(List<PaperFrame> frames) {
        return frames.stream().mapToLong(PaperFrame::cacheBytes).max().orElseThrow();
    }
}
