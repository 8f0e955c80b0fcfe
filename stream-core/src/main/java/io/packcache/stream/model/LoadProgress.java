package io.packcache.stream.model;

/** Hears how far the weights of a model have come into memory. */
@FunctionalInterface
public interface LoadProgress {

    /** Ignores everything. */
    LoadProgress NONE = (done, total) -> {};

    /**
     * Another matrix has been packed. On the thread that packs.
     *
     * @param done bytes in memory
     * @param total bytes there will be
     */
    void loaded(long done, long total);
}
