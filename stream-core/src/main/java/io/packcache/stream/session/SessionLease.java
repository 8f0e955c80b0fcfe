package io.packcache.stream.session;

import io.packcache.kvcache.plan.CacheView;
import io.packcache.kvcache.plan.CompactionPlan;
import io.packcache.kvcache.plan.Signal;
import io.packcache.kvcache.tier.TierSettings;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;

/** The lease that goes out with one frame of a session. Thread-safe. */
final class SessionLease implements CacheLease {

    private final GenerationSession session;
    private final long frame;
    private volatile boolean ended;

    SessionLease(GenerationSession session, long frame) {
        this.session = session;
        this.frame = frame;
    }

    /** By the session, when it goes on or is closed. */
    void end() {
        ended = true;
    }

    @Override
    public CacheView view(Set<Signal> signals) {
        return whileItLasts(run -> run.decoder().view(signals));
    }

    @Override
    public void archive(TierSettings tiers) {
        whileItLasts(run -> {
            run.decoder().archive(tiers);
            return tiers;
        });
    }

    @Override
    public Residency apply(CompactionPlan plan) {
        return whileItLasts(run -> session.compact(plan));
    }

    @Override
    public void save(Path file) {
        whileItLasts(run -> {
            session.save(file);
            return file;
        });
    }

    private <T> T whileItLasts(Function<ClipRun, T> use) {
        return session.alone(this::refuseIfEnded, use);
    }

    private void refuseIfEnded() {
        if (ended) {
            throw new IllegalStateException("the cache lease of latent frame " + frame
                    + " has ended, because its session "
                    + (session.closing() ? "was closed" : "went on to the next frame")
                    + "; packCache must stand directly after generate, before any operator that prefetches or"
                    + " changes thread");
        }
    }
}
