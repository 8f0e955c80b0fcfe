package io.packcache.stream.session;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.tier.TierSettings;
import java.nio.file.Path;
import java.util.Set;

/**
 * The right to change a session's cache between two frames.
 *
 * <p>A lease comes with a {@link GeneratedFrame} and lasts until the session begins the next one, that is, until the next
 * demand reaches it. Safe to use from any thread while it lasts.
 */
public interface CacheLease {

    /**
     * What the cache holds, the frame that came with this lease included.
     *
     * @throws IllegalStateException if the lease has ended
     */
    default CacheView view() {
        return view(Set.of());
    }

    /**
     * The same with the signals a policy asks for.
     *
     * @throws IllegalArgumentException if the model cannot give one of them
     * @throws IllegalStateException if the lease has ended
     */
    CacheView view(Set<Signal> signals);

    /**
     * Opens the tiers that plans may move frames into; does nothing if these are open. Waits while they are full and the
     * writer of the disk tier is behind, without holding up other sessions of the model.
     *
     * @throws UnsupportedOperationException if the model's cache has no archive
     * @throws io.packcache.kvcache.tier.TierException if a file could not be written since
     * @throws IllegalStateException if the lease has ended
     */
    default void archive(TierSettings tiers) {
        throw new UnsupportedOperationException("this frame was made by no session, so there is no cache to archive");
    }

    /**
     * Compacts the caches of both guidance branches. If that fails half-way, the session can only be closed.
     *
     * @return what they hold afterwards
     * @throws IllegalStateException if the lease has ended
     * @throws IllegalArgumentException if the plan does not fit what is held; nothing has changed then
     */
    Residency apply(CompactionPlan plan);

    /**
     * Writes everything that the frames to come depend on into a file, in place of whatever has its name: a session that
     * {@linkplain VideoModel#resume goes on from it} makes the same frames. Waits for the disk.
     *
     * @throws io.packcache.kvcache.snapshot.SnapshotException if it cannot be written
     * @throws IllegalStateException if the lease has ended
     * @throws UnsupportedOperationException if no session made the frame, or its kind of model cannot
     */
    default void save(Path file) {
        throw new UnsupportedOperationException("this frame was made by no session, so there is nothing to save");
    }

    /**
     * How much the caches hold.
     *
     * @param tokens tokens of all branches together
     * @param bytes bytes of all branches together, exactly
     */
    record Residency(long tokens, long bytes) {}
}
