package io.packcache.stream.session;

/**
 * What one latent frame cost.
 *
 * @param decodeNanos time of the refinement steps; of the first frame also of reading the text and the condition
 * @param stepNanos time of each refinement step, without waiting for a turn on the backend; empty for a conditioning
 *     frame; not to be modified
 * @param commitNanos time of the store pass
 * @param picturesNanos time of turning codes into pictures, as far as it exceeds the store pass beside which that is done
 * @param compactionNanos time of planning and packing; 0 until compacted
 * @param tokensBefore cached tokens of both branches after the commit, before compaction
 * @param tokensAfter cached tokens of both branches after compaction; equal to {@code tokensBefore} until compacted
 * @param residentBytes bytes that the caches of both branches occupy, exactly
 */
public record FrameStatistics(
        long decodeNanos,
        long[] stepNanos,
        long commitNanos,
        long picturesNanos,
        long compactionNanos,
        long tokensBefore,
        long tokensAfter,
        long residentBytes) {

    /** The same frame after a compaction that took {@code nanos}; several compactions add up. */
    public FrameStatistics compacted(long nanos, CacheLease.Residency residency) {
        return new FrameStatistics(
                decodeNanos,
                stepNanos,
                commitNanos,
                picturesNanos,
                compactionNanos + nanos,
                tokensBefore,
                residency.tokens(),
                residency.bytes());
    }

    /** All of the frame's time in nanoseconds. */
    public long totalNanos() {
        return decodeNanos + commitNanos + picturesNanos + compactionNanos;
    }
}
